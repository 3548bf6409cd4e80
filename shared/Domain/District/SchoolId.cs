namespace SchoolSignal.Domain.District;

/// <summary>A school as its feeds name it (Ed-Fi <c>SchoolId</c>, OneRoster org sourcedId): 1 to 60 characters after
/// trimming, no control characters. Ordered ordinally.</summary>
public readonly record struct SchoolId : IComparable<SchoolId>
{
    public const int MaxLength = 60;

    private readonly string? value;

    private SchoolId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("An empty SchoolId was used.");

    public static bool TryParse(ReadOnlySpan<char> text, out SchoolId id)
    {
        id = default;
        var trimmed = text.Trim();
        if (trimmed.IsEmpty || trimmed.Length > MaxLength) return false;
        foreach (var c in trimmed)
            if (char.IsControl(c)) return false;
        id = new SchoolId(trimmed.ToString());
        return true;
    }

    public static SchoolId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not a school id: 1 to 60 characters, no control characters.");

    public int CompareTo(SchoolId other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => Value;

    public static bool operator <(SchoolId left, SchoolId right) => left.CompareTo(right) < 0;

    public static bool operator >(SchoolId left, SchoolId right) => left.CompareTo(right) > 0;

    public static bool operator <=(SchoolId left, SchoolId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SchoolId left, SchoolId right) => left.CompareTo(right) >= 0;
}
