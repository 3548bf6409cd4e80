using System.Collections.Frozen;

namespace SchoolSignal.Domain.Attendance.CodeSets;

/// <summary>One code of a set.</summary>
/// <param name="Says">What the code means, in the set's own words.</param>
/// <param name="Provisional">The meaning is from memory or from an older rule, not from the source named by the set.</param>
public sealed record CodeSetEntry(string Code, Mark Mark, string Says, bool Provisional = false);

/// <summary>Maps the codes of one vocabulary to marks. A code that is not in the set is unknown: never guessed, never
/// present, never absent. Codes are trimmed, and compared without regard to case unless the set says that case matters.
/// A set may also hold pairs ("Absent/Excused") for feeds that state a status and an excuse, and reasons that refine an
/// absence stated by its code.</summary>
public sealed class CodeSet
{
    /// <summary>Between the two parts of a paired code.</summary>
    public const char PairSeparator = '/';

    private const int MaxPairLength = 256;

    private readonly FrozenDictionary<string, Mark> marks;
    private readonly FrozenDictionary<string, Mark>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private readonly FrozenDictionary<string, MarkReason>.AlternateLookup<ReadOnlySpan<char>> reasonBySpan;
    private readonly short[] byFirstLetter = new short[128];
    private readonly bool hasPairs;
    private readonly bool hasReasons;
    private readonly bool isDescriptor;

    internal CodeSet(
        string id, string title, string source, bool caseMatters, bool isDescriptor,
        IReadOnlyList<CodeSetEntry> entries, IReadOnlyDictionary<string, MarkReason> reasons)
    {
        (Id, Title, Source, Entries, Reasons) = (id, title, source, entries, reasons);
        this.isDescriptor = isDescriptor;
        var comparer = caseMatters ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        marks = entries.ToFrozenDictionary(entry => entry.Code, entry => entry.Mark, comparer);
        bySpan = marks.GetAlternateLookup<ReadOnlySpan<char>>();
        reasonBySpan = reasons.ToFrozenDictionary(comparer).GetAlternateLookup<ReadOnlySpan<char>>();
        hasPairs = entries.Any(entry => entry.Code.Length > 2 && entry.Code.Contains(PairSeparator, StringComparison.Ordinal));
        hasReasons = reasons.Count > 0;
        for (var letter = 0; letter < byFirstLetter.Length; letter++)
            byFirstLetter[letter] = marks.TryGetValue(((char)letter).ToString(), out var mark) ? mark.Value : (short)-1;
    }

    /// <summary>As profiles name it, e.g. <c>england-2024</c>.</summary>
    public string Id { get; }

    public string Title { get; }

    /// <summary>Where the meanings were taken from.</summary>
    public string Source { get; }

    public IReadOnlyList<CodeSetEntry> Entries { get; }

    /// <summary>Reason codes that refine an absence (CEDS 000599); empty for most sets.</summary>
    public IReadOnlyDictionary<string, MarkReason> Reasons { get; }

    /// <summary>Whether the set reads a reason or excuse stated beside the code.</summary>
    public bool ReadsReasons => hasPairs || hasReasons;

    /// <summary>Looks a code up without allocating.</summary>
    /// <returns>False, with <see cref="Mark.Unknown"/>, if the set does not hold it or it is empty.</returns>
    public bool TryFind(ReadOnlySpan<char> code, out Mark mark)
    {
        code = Plain(code);
        if (code.Length == 1 && code[0] < byFirstLetter.Length)
        {
            var value = byFirstLetter[code[0]];
            mark = value < 0 ? Mark.Unknown : new Mark((byte)value);
            return value >= 0;
        }
        if (bySpan.TryGetValue(code, out mark)) return true;
        mark = Mark.Unknown;
        return false;
    }

    /// <summary>Looks up a code stated together with a reason, excuse or status. A pair the set holds decides; otherwise, if
    /// the set has pairs but no reasons, the pair is unknown; else the code decides and a reason the set holds refines an
    /// absence within its class: an excuse never turns an unauthorised absence into an authorised one, or back.</summary>
    public bool TryFind(ReadOnlySpan<char> code, ReadOnlySpan<char> reason, out Mark mark)
    {
        code = Plain(code);
        reason = Plain(reason);
        if (reason.IsEmpty) return TryFind(code, out mark);
        var length = code.Length + 1 + reason.Length;
        if (hasPairs && length <= MaxPairLength)
        {
            Span<char> pair = stackalloc char[MaxPairLength];
            code.CopyTo(pair);
            pair[code.Length] = PairSeparator;
            reason.CopyTo(pair[(code.Length + 1)..]);
            if (bySpan.TryGetValue(pair[..length], out mark)) return true;
        }
        if (hasPairs && !hasReasons)
        {
            mark = Mark.Unknown;
            return false;
        }
        if (!TryFind(code, out mark)) return false;
        if (mark.IsAbsent && reasonBySpan.TryGetValue(reason, out var refined))
        {
            var refinedMark = new Mark(MarkCategory.Absent, refined);
            if (refinedMark.IsUnauthorised == mark.IsUnauthorised) mark = refinedMark;
        }
        return true;
    }

    /// <summary>Reads a set from JSON (docs/data-dictionary.md, Code sets). All faults are told at once.</summary>
    /// <param name="fileName">Named in every error.</param>
    public static CodeSetLoad Load(string json, string fileName) => CodeSetJson.Read(json, fileName);

    private ReadOnlySpan<char> Plain(ReadOnlySpan<char> code)
    {
        code = code.Trim();
        if (code.Length < 2) return code;
        if (code[0] is '=' or '\'') code = SpreadsheetText.Unwrap(code);
        if (isDescriptor && code.StartsWith("uri:", StringComparison.OrdinalIgnoreCase)) code = code[(code.LastIndexOf('#') + 1)..].Trim();
        return code;
    }
}

/// <summary>What loading a code set came to.</summary>
public abstract record CodeSetLoad
{
    public sealed record Loaded(CodeSet CodeSet) : CodeSetLoad;

    /// <summary>Every fault, each naming file, entry and field.</summary>
    public sealed record Invalid(IReadOnlyList<string> Errors) : CodeSetLoad;
}
