using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>Which periods are to be counted. A week is over once the district's last school day in it has passed; the weeks before are
/// counted again, so that a late correction shows as a revision. A term is counted once each of its weeks' reports has been decided on.</summary>
public sealed class ReportSchedule(
    SchoolRegistry registry, SchoolYears years, CalendarStore calendars, DistrictSettingsStore settings, ReportStore reports, PeriodCounting counting,
    DistrictId district, TimeProvider time)
{
    /// <summary>Weeks that are looked at again for corrections, the newest included.</summary>
    public const int Weeks = 4;

    /// <summary>How long after its end a term is still counted.</summary>
    private const int DaysAfterTerm = 60;

    /// <summary>Asks for the counts that are due.</summary>
    /// <returns>How many; 0 as well where nobody may be screened.</returns>
    public async Task<int> AskAsync(CancellationToken cancellationToken)
    {
        var asked = 0;
        foreach (var period in await DueAsync(Weeks, cancellationToken))
            if (await counting.AskAsync(period, cancellationToken)) asked++;
        return asked;
    }

    /// <param name="weeks">Weeks to look back, the running one included.</param>
    /// <returns>Oldest first.</returns>
    public async Task<IReadOnlyList<ReportPeriod>> DueAsync(int weeks, CancellationToken cancellationToken)
    {
        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        var today = decided.Profile.DayOf(time.GetUtcNow());
        var year = SchoolYear.Containing(today, decided.FirstMonth);
        var schools = await registry.InYearAsync(year, cancellationToken);
        var days = new SortedSet<DateOnly>();
        foreach (var school in schools) days.UnionWith((await years.DaysAsync(school, year, null, cancellationToken)).Days.Dates.ToArray());

        var due = new List<ReportPeriod>();
        for (var week = ReportPeriod.WeekOf(today.AddDays(-7 * weeks)); week.First <= today; week = ReportPeriod.WeekOf(week.First.AddDays(7)))
            if (IsOver(week, days, today)) due.Add(week);
        foreach (var term in await TermsAsync(schools, year, cancellationToken))
            if (IsOver(term, days, today) && term.Last.AddDays(DaysAfterTerm) >= today && await AreWeeksDecidedAsync(term, cancellationToken)) due.Add(term);
        return due;
    }

    private static bool IsOver(ReportPeriod period, SortedSet<DateOnly> days, DateOnly today) =>
        days.GetViewBetween(period.First, period.Last) is { Count: > 0 } inside && inside.Max < today;

    private async Task<IReadOnlyList<ReportPeriod>> TermsAsync(IReadOnlyCollection<SchoolId> schools, SchoolYear year, CancellationToken cancellationToken)
    {
        var found = await calendars.GetManyAsync(district, schools, year, cancellationToken);
        // The terms that most schools keep.
        var common = found.Values.Select(c => c.Sessions).Where(s => s.Count > 0)
            .GroupBy(s => string.Join('|', s.Select(t => $"{t.Begin:yyyyMMdd}-{t.End:yyyyMMdd}")), StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault();
        return ReportPeriod.TermsOf(year, common?.First() ?? []);
    }

    private async Task<bool> AreWeeksDecidedAsync(ReportPeriod term, CancellationToken cancellationToken) =>
        (await reports.BetweenAsync(term.First, term.Last, cancellationToken))
            .Where(r => r.Report.Period.Kind == PeriodKind.Week && r.Report.Period.First >= term.First)
            .All(r => r.Report.State is ReportState.Released or ReportState.Withdrawn);
}
