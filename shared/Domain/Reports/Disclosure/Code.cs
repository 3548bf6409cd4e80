using System.Globalization;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>One category of a dimension: a school, a grade, a week, a level. A period that is counted again after a late correction
/// keeps its name and gets the next revision: its cells are then other cells than the first ones.</summary>
/// <remarks>Written <c>W05</c> in its first revision and <c>W05#2</c> in its second.</remarks>
public readonly record struct Code : IComparable<Code>
{
    public const int MaxLength = 200;
    private const char RevisionMark = '#';

    private readonly string? name;

    /// <exception cref="FormatException">The name is empty, longer than <see cref="MaxLength"/>, has a control character, or ends like a
    /// revision.</exception>
    public Code(string name, int revision = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(revision, 1);
        if (WhyNot(name) is { } why) throw new FormatException(why);
        this.name = name;
        Revision = revision;
    }

    public string Name => name ?? throw new InvalidOperationException("An empty code was used.");

    /// <summary>From 1.</summary>
    public int Revision { get; }

    /// <summary>What is wrong with a name; null if nothing.</summary>
    public static string? WhyNot(string name) =>
        name.Length is 0 or > MaxLength ? $"A category's name has 1 to {MaxLength} characters."
        : name.Any(char.IsControl) ? "A category's name has no control characters."
        : RevisionAt(name) is not null ? $"A category's name may not end in {RevisionMark} and a number: that marks a revision."
        : null;

    /// <exception cref="FormatException">Not a code.</exception>
    public static Code Parse(string text) => RevisionAt(text) is var (at, revision)
        ? new Code(text[..at], revision)
        : new Code(text);

    public int CompareTo(Code other) =>
        string.CompareOrdinal(name, other.name) is not 0 and var order ? order : Revision.CompareTo(other.Revision);

    public override string ToString() => Revision == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}{RevisionMark}{Revision}");

    public static implicit operator Code(string name) => new(name);

    public static bool operator <(Code left, Code right) => left.CompareTo(right) < 0;

    public static bool operator >(Code left, Code right) => left.CompareTo(right) > 0;

    public static bool operator <=(Code left, Code right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Code left, Code right) => left.CompareTo(right) >= 0;

    private static (int At, int Revision)? RevisionAt(string text) =>
        text.LastIndexOf(RevisionMark) is >= 0 and var at
        && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? (at, Math.Max(revision, 1))
            : null;
}
