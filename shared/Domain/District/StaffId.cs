namespace SchoolSignal.Domain.District;

/// <summary>Somebody on the district's staff, or a system that acts for one: an opaque id of ours, 1 to 60 letters, digits,
/// '-', '_' or '.', never a name, a mail address or a number of another system. It may stand in rows, messages and the audit.</summary>
public readonly record struct StaffId : IComparable<StaffId>
{
    public const int MaxLength = 60;

    private readonly string? value;

    private StaffId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("An empty StaffId was used.");

    /// <summary>Nobody: the id of <see cref="Caller.Nobody"/>.</summary>
    public bool IsEmpty => value is null;

    /// <summary>A random one, thirty-two hex digits.</summary>
    public static StaffId New() => new(Guid.NewGuid().ToString("N"));

    public static bool TryParse(ReadOnlySpan<char> text, out StaffId id)
    {
        id = default;
        if (text.IsEmpty || text.Length > MaxLength) return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        id = new StaffId(text.ToString());
        return true;
    }

    public static StaffId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not a staff id: 1 to 60 letters, digits, '-', '_' or '.'.");

    public int CompareTo(StaffId other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => value ?? "";

    public static bool operator <(StaffId left, StaffId right) => left.CompareTo(right) < 0;

    public static bool operator >(StaffId left, StaffId right) => left.CompareTo(right) > 0;

    public static bool operator <=(StaffId left, StaffId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StaffId left, StaffId right) => left.CompareTo(right) >= 0;
}
