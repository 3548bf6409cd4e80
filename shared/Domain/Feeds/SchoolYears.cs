using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Which days were school days: the calendar where there is one, else what the feeds cover.</summary>
public sealed class SchoolYears(ITableStore store, CalendarStore calendars, DistrictId district)
{
    /// <param name="also">Days covered that are not yet in the year's header.</param>
    public async Task<InstructionalDays> DaysAsync(SchoolId school, SchoolYear year, Coverage? also, CancellationToken cancellationToken)
    {
        var header = await SchoolYearHeader.FindAsync(store, LedgerKeys.Partition(district, school, year), cancellationToken);
        return await DaysAsync(school, year, header?.Header, also, cancellationToken);
    }

    /// <param name="header">The year's header; null before its first feed.</param>
    /// <param name="also">Days covered that are not yet in the header.</param>
    public async ValueTask<InstructionalDays> DaysAsync(
        SchoolId school, SchoolYear year, SchoolYearHeader? header, Coverage? also, CancellationToken cancellationToken)
    {
        var calendar = await calendars.GetAsync(district, school, year, cancellationToken);
        List<Coverage> covered = [];
        if (header?.Covered is { } held) covered.Add(held);
        if (also is { } more) covered.Add(more);
        return InstructionalDays.Decide(calendar, year, covered);
    }
}
