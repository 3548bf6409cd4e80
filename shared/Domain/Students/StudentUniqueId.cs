using System.Diagnostics.CodeAnalysis;

namespace SchoolSignal.Domain.Students;

/// <summary>The district's own identifier of a pupil (Ed-Fi <c>StudentUniqueId</c>): 1 to 60 characters after
/// trimming, no control characters. It is personal data: it never enters a log, a message or a URL.</summary>
public readonly record struct StudentUniqueId : IComparable<StudentUniqueId>
{
    public const int MaxLength = 60;

    private readonly string? value;

    private StudentUniqueId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("An empty StudentUniqueId was used.");

    public static bool TryParse(ReadOnlySpan<char> text, out StudentUniqueId id)
    {
        id = default;
        var trimmed = text.Trim();
        if (!IsValid(trimmed)) return false;
        id = new StudentUniqueId(trimmed.ToString());
        return true;
    }

    /// <summary>Whether an already trimmed text can be an id; allocates nothing.</summary>
    public static bool IsValid(ReadOnlySpan<char> trimmed)
    {
        if (trimmed.IsEmpty || trimmed.Length > MaxLength) return false;
        foreach (var c in trimmed)
            if (char.IsControl(c)) return false;
        return true;
    }

    public static StudentUniqueId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not a StudentUniqueId: 1 to 60 characters, no control characters.");

    public int CompareTo(StudentUniqueId other) => string.CompareOrdinal(value, other.value);

    /// <summary>For output a person asked for by id; never for logs.</summary>
    public override string ToString() => Value;

    [SuppressMessage("Design", "CA1036", Justification = "Ordered for output only")]
    public static bool operator <(StudentUniqueId left, StudentUniqueId right) => left.CompareTo(right) < 0;

    public static bool operator >(StudentUniqueId left, StudentUniqueId right) => left.CompareTo(right) > 0;

    public static bool operator <=(StudentUniqueId left, StudentUniqueId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StudentUniqueId left, StudentUniqueId right) => left.CompareTo(right) >= 0;
}
