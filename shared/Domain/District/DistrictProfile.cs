using System.Text.Json.Serialization;

namespace SchoolSignal.Domain.District;

/// <summary>How the district shows itself on its pages.</summary>
/// <param name="Name">1 to <see cref="MaxName"/> characters; null shows the district's id.</param>
/// <param name="Language">What a page speaks when neither the reader nor the browser asks for a language we have, as "ja"; null
/// is English.</param>
/// <param name="TimeZone">An IANA name such as "Asia/Tokyo"; null is UTC.</param>
public sealed record DistrictProfile(string? Name, string? Language, string? TimeZone)
{
    public const int MaxName = 80;

    public static DistrictProfile None { get; } = new(null, null, null);

    /// <summary>UTC also where this machine does not know the zone.</summary>
    [JsonIgnore]
    public TimeZoneInfo Zone => TimeZone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The day it is in the district.</summary>
    public DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, Zone).Date);
}
