using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Domain.District;

/// <summary>How a district's feeds and its unfinished work stand: counts alone.</summary>
/// <param name="Oldest">School days missing at the school furthest behind.</param>
public sealed record DistrictStanding(int Schools, int Stale, int Paused, int Oldest, int Failures)
{
    public static DistrictStanding Of(IReadOnlyList<SchoolFreshness> schools, int failures) => new(
        schools.Count, schools.Count(s => s.IsStale), schools.Count(s => s.IsPaused), schools.Select(s => s.SchoolDaysMissing).DefaultIfEmpty(0).Max(), failures);
}

/// <summary>Measures it, so that somebody is called before a counsellor misses a pupil.</summary>
public sealed class DistrictWatch(FreshnessReading freshness, FailureStore failures)
{
    public async Task<DistrictStanding> LookAsync(CancellationToken cancellationToken)
    {
        var standing = DistrictStanding.Of(await freshness.ReadAsync(cancellationToken), (await failures.ListAsync(cancellationToken)).Count);
        Instruments.StaleFeeds.Record(standing.Stale);
        Instruments.PausedFeeds.Record(standing.Paused);
        Instruments.OldestFeed.Record(standing.Oldest);
        Instruments.Failures.Record(standing.Failures);
        return standing;
    }
}
