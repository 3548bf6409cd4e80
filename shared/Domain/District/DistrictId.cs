namespace SchoolSignal.Domain.District;

/// <summary>A local education agency: 1 to 60 characters, letters, digits, '-', '_' or '.'.</summary>
public readonly record struct DistrictId
{
    /// <summary>Where nobody said which district it is: it is no name to show to people.</summary>
    public static readonly DistrictId Unnamed = new("district");

    private readonly string? value;

    private DistrictId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("An empty DistrictId was used.");

    public static bool TryParse(ReadOnlySpan<char> text, out DistrictId id)
    {
        id = default;
        var trimmed = text.Trim();
        if (trimmed.IsEmpty || trimmed.Length > 60) return false;
        foreach (var c in trimmed)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        id = new DistrictId(trimmed.ToString());
        return true;
    }

    public static DistrictId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not a district id: 1 to 60 letters, digits, '-', '_' or '.'.");

    public override string ToString() => Value;
}
