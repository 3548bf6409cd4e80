using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.District;

/// <summary>How far a school's attendance reaches.</summary>
/// <param name="CoveredTo">The last day a feed speaks for; null before the first.</param>
/// <param name="SchoolDaysMissing">School days after it, through today.</param>
/// <param name="IsStale">So many are missing that the rules on attendance rest.</param>
/// <param name="IsPaused">A part of a feed failed for good: nobody is screened there until it is replayed.</param>
public sealed record SchoolFreshness(SchoolId School, DateOnly? CoveredTo, int SchoolDaysMissing, bool IsStale, bool IsPaused);

/// <summary>Looks at each school of the running year.</summary>
public sealed class FreshnessReading(
    ITableStore store, SchoolRegistry registry, SchoolYears years, DistrictSettingsStore settings, DistrictId district, TimeProvider time)
{
    /// <summary>By school id.</summary>
    public async Task<IReadOnlyList<SchoolFreshness>> ReadAsync(CancellationToken cancellationToken)
    {
        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        var today = decided.Profile.DayOf(time.GetUtcNow());
        var year = SchoolYear.Containing(today, decided.FirstMonth);
        var found = new List<SchoolFreshness>();
        foreach (var school in await registry.InYearAsync(year, cancellationToken))
            found.Add(await OfAsync(school, year, today, decided, cancellationToken));
        return found;
    }

    private async Task<SchoolFreshness> OfAsync(SchoolId school, SchoolYear year, DateOnly today, DistrictSettings decided, CancellationToken cancellationToken)
    {
        var partition = LedgerKeys.Partition(district, school, year);
        var paused = await FeedPause.IsPausedAsync(store, partition, cancellationToken);
        if (await SchoolYearHeader.FindAsync(store, partition, cancellationToken) is not { Header.Covered: { } covered })
            return new SchoolFreshness(school, null, 0, true, paused);
        if (covered.To >= today) return new SchoolFreshness(school, covered.To, 0, false, paused);
        var days = (await years.DaysAsync(school, year, new Coverage(covered.From, today), cancellationToken)).Days;
        var missing = days.CountThrough(today) - days.CountThrough(covered.To);
        return new SchoolFreshness(school, covered.To, missing, missing >= decided.Thresholds.StaleFeedSchoolDays, paused);
    }
}
