namespace SchoolSignal.Domain.District;

/// <summary>A class (Ed-Fi section, OneRoster class) as its roster names it: 1 to 60 characters after trimming, no control
/// characters, no ';', which parts classes in a file.</summary>
public readonly record struct ClassId : IComparable<ClassId>
{
    public const int MaxLength = 60;

    private readonly string? value;

    private ClassId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("An empty ClassId was used.");

    public static bool TryParse(ReadOnlySpan<char> text, out ClassId id)
    {
        id = default;
        var trimmed = text.Trim();
        if (trimmed.IsEmpty || trimmed.Length > MaxLength) return false;
        foreach (var c in trimmed)
            if (char.IsControl(c) || c == ';') return false;
        id = new ClassId(trimmed.ToString());
        return true;
    }

    public static ClassId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not a class id: 1 to 60 characters, no control characters, no ';'.");

    public int CompareTo(ClassId other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => Value;

    public static bool operator <(ClassId left, ClassId right) => left.CompareTo(right) < 0;

    public static bool operator >(ClassId left, ClassId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ClassId left, ClassId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ClassId left, ClassId right) => left.CompareTo(right) >= 0;
}

/// <summary>A class of a school: two schools may name their classes alike.</summary>
public readonly record struct SchoolClass(SchoolId School, ClassId Class);
