using System.Globalization;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Messaging;

/// <summary>Sends what stayed in an outbox: it range-reads the <c>O</c> rows of the partitions that can hold one, and scans
/// no table.</summary>
public sealed class OutboxSweeper(Outbox outbox, SchoolRegistry registry, PupilPartitions pupils, DistrictId district, TimeProvider time)
{
    /// <summary>Months whose feeds are looked at, this one included. A feed is read within days of its arrival, but a failed
    /// part of it may be replayed much later: for as long as its school year is of interest.</summary>
    private const int FeedMonths = 13;

    /// <returns>How many messages were sent.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var month in Enumerable.Range(0, FeedMonths).Select(back => now.AddMonths(-back)))
            sent += await outbox.RelayAsync(
                TableName.Feeds, PartitionKey.Of(district.Value, month.ToString("yyyyMM", CultureInfo.InvariantCulture)), cancellationToken);
        foreach (var endYear in await registry.YearsAsync(cancellationToken))
            foreach (var school in await registry.InYearAsync(new SchoolYear(endYear), cancellationToken))
                sent += await outbox.RelayAsync(TableName.Attendance, LedgerKeys.Partition(district, school, new SchoolYear(endYear)), cancellationToken);
        sent += await outbox.RelayAsync(TableName.District, PartitionKey.Of(district.Value), cancellationToken);
        foreach (var partition in pupils.All())
            sent += await outbox.RelayAsync(TableName.Pupils, partition, cancellationToken);
        sent += await outbox.RelayAsync(TableName.Reports, ReportKeys.Partition(district), cancellationToken);
        var digests = WeeklyDigests.PlaceOf(district);
        sent += await outbox.RelayAsync(digests.Table, digests.Partition, cancellationToken);
        return sent;
    }
}
