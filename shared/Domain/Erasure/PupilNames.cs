using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>Tells whose a row of a pupils' partition is: by the StudentKey in its key, or by the id of one of the pupil's forms, concerns
/// and referrals, which the rows that hold both teach it.</summary>
public sealed class PupilNames
{
    private const int NameLength = 32;

    private readonly Dictionary<string, StudentKey> byName = new(StringComparer.Ordinal);

    /// <summary>To be shown every row of a partition before <see cref="OwnerOf"/> is asked.</summary>
    public void Learn(TableRow row)
    {
        if (Of(row) is not { } named) return;
        byName[named.Student.ToString()] = named.Student;
        if (named.Own is { } own) byName[own] = named.Student;
    }

    public void Learn(StudentKey student, IEnumerable<string> ids)
    {
        byName[student.ToString()] = student;
        foreach (var id in ids) byName[id] = student;
    }

    /// <summary>The names that stand for a pupil, the key's own included.</summary>
    public IEnumerable<string> NamesOf(StudentKey student) => byName.Where(n => n.Value == student).Select(n => n.Key);

    /// <summary>The pupil the row is about; null where it is about nobody, or nobody who is known.</summary>
    public StudentKey? OwnerOf(TableRow row)
    {
        if (Of(row) is { } named) return named.Student;
        foreach (var part in row.Key.Parts())
            foreach (var name in NamesIn(part))
                if (byName.TryGetValue(name, out var student)) return student;
        return null;
    }

    /// <summary>Runs of exactly thirty-two hex digits: the form of every id of ours.</summary>
    private static IEnumerable<string> NamesIn(string part)
    {
        for (var at = 0; at < part.Length; at++)
        {
            var end = at;
            while (end < part.Length && char.IsAsciiHexDigitLower(part[end])) end++;
            if (end - at == NameLength) yield return part[at..end];
            at = end;
        }
    }

    private static (StudentKey Student, string? Own)? Of(TableRow row)
    {
        var parts = row.Key.Parts();
        return parts switch
        {
            ["RI", var referral] when row.Body.Length == StudentKey.Size => (new StudentKey(new Guid(row.Body.Span)), referral),
            ["P", var student] => Named(student, null),
            ["V", _, _, var student, var form] => Named(student, form),
            ["VH", var student, var form, _] => Named(student, form),
            ["G", var student, var concern] => Named(student, concern),
            ["S", _, var student] => Named(student, null),
            ["R" or "RH", var student, ..] => Named(student, null),
            ["RV", _, var student, _] => Named(student, null),
            _ => null,
        };

        static (StudentKey, string?)? Named(string student, string? own) =>
            Guid.TryParseExact(student, "N", out var key) ? (new StudentKey(key), own) : null;
    }
}
