using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>The rows of reports (<see cref="ReportKeys"/>).</summary>
public sealed class ReportStore(ITableStore store, DistrictId district)
{
    internal PartitionKey Partition { get; } = ReportKeys.Partition(district);

    public async ValueTask<StoredReport?> FindAsync(ReportId id, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Reports, Partition, ReportKeys.Report(id), cancellationToken) is { } row ? Read(row) : null;

    /// <summary>All revisions of a period, oldest first.</summary>
    public Task<IReadOnlyList<StoredReport>> OfPeriodAsync(ReportPeriod period, CancellationToken cancellationToken) =>
        ReadAsync(ReportKeys.ReportsOf(period), cancellationToken);

    /// <summary>Reports whose period ends in those days, both inclusive: by the period's last day, then by revision.</summary>
    public Task<IReadOnlyList<StoredReport>> BetweenAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken) =>
        ReadAsync(ReportKeys.ReportsBetween(first, last), cancellationToken);

    /// <summary>Of those, what is public now: of each period the revision released last, oldest period first.</summary>
    public async Task<IReadOnlyList<Report>> PublicAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken) =>
    [
        .. (await BetweenAsync(first, last, cancellationToken)).Select(r => r.Report).Where(r => r.State == ReportState.Released)
            .GroupBy(r => r.Period).Select(revisions => revisions.MaxBy(r => r.Id.Revision)!).OrderBy(r => r.Period),
    ];

    internal async Task<(PublishedReports Published, ETag? Version)> PublishedAsync(CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Reports, Partition, ReportKeys.Published, cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, ReportJson.Default.PublishedReports)!, row.ETag)
            : (PublishedReports.None, null);

    /// <summary>Commits changes of the partition of reports.</summary>
    /// <returns>False if somebody was faster: nothing was changed.</returns>
    internal async Task<bool> CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        await store.CommitAsync(TableName.Reports, Partition, changes, cancellationToken) is CommitResult.Committed;

    /// <param name="before">The version that was read; null for a new report.</param>
    internal static RowChange Write(Report report, ETag? before)
    {
        var (key, body) = (ReportKeys.Report(report.Id), JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.Report));
        return before is { } version ? new RowChange.Replace(key, version, body) : new RowChange.Insert(key, body);
    }

    internal static RowChange Write(PublishedReports published, ETag? before)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(published, ReportJson.Default.PublishedReports);
        return before is { } version ? new RowChange.Replace(ReportKeys.Published, version, body) : new RowChange.Insert(ReportKeys.Published, body);
    }

    private async Task<IReadOnlyList<StoredReport>> ReadAsync(RowKeyRange range, CancellationToken cancellationToken)
    {
        var found = new List<StoredReport>();
        await foreach (var row in store.QueryAsync(TableName.Reports, Partition, range, cancellationToken)) found.Add(Read(row));
        return found;
    }

    private static StoredReport Read(TableRow row) => new(JsonSerializer.Deserialize(row.Body.Span, ReportJson.Default.Report)!, row.ETag);
}
