using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>How old a school's register is, in school days.</summary>
public sealed class RegisterAge(ITableStore store, SchoolYears years, DistrictId district)
{
    public async Task<RegisterFreshness> OfAsync(SchoolId school, DateOnly today, DistrictSettings settings, CancellationToken cancellationToken)
    {
        var year = SchoolYear.Containing(today, settings.FirstMonth);
        var header = await SchoolYearHeader.FindAsync(store, LedgerKeys.Partition(district, school, year), cancellationToken);
        if (header?.Header.Covered is not { } covered) return new RegisterFreshness(null, 0, IsStale: true);
        if (covered.To >= today) return new RegisterFreshness(covered.To, 0, IsStale: false);
        var days = (await years.DaysAsync(school, year, new Coverage(covered.From, today), cancellationToken)).Days;
        var since = days.CountThrough(today) - days.CountThrough(covered.To);
        return new RegisterFreshness(covered.To, since, since >= settings.Thresholds.StaleFeedSchoolDays);
    }
}
