using System.Globalization;
using System.Security.Cryptography;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A feed's id: the month it arrived in, which names its partition, and 16 random hex digits: 202609-1f0c….</summary>
public readonly record struct FeedId
{
    private const int MonthLength = 6;

    /// <summary>Every id's, in characters.</summary>
    public const int Length = MonthLength + 1 + 16;

    private readonly string? value;

    private FeedId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("An empty FeedId was used.");

    /// <summary>yyyyMM of the arrival.</summary>
    public string Month => Value[..MonthLength];

    public static FeedId New(DateTimeOffset arrival) =>
        new($"{arrival.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");

    public static bool TryParse(string? text, out FeedId id)
    {
        id = default;
        if (text is not { Length: Length } || text[MonthLength] != '-') return false;
        for (var i = 0; i < text.Length; i++)
            if (i != MonthLength && !(i < MonthLength ? char.IsAsciiDigit(text[i]) : char.IsAsciiHexDigitLower(text[i]) || char.IsAsciiDigit(text[i]))) return false;
        id = new FeedId(text);
        return true;
    }

    public static FeedId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("Not a feed id.");

    public override string ToString() => Value;
}
