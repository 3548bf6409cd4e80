using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>The <c>feeds</c> table: <c>S|feed</c> status, <c>B|feed|chunk</c> its batches and <c>R|feed|school|year</c> their
/// results in the partition of the month a feed arrived in, and <c>hash</c> rows that recognise a repeat.</summary>
public sealed class FeedStore(ITableStore store, DistrictId district)
{
    private const string StatusRows = "S";
    private const string BatchRows = "B";
    private const string ResultRows = "R";

    // So many stay under a row's 64 KiB however long and foreign their schools' ids are.
    private const int BatchesPerRow = 128;

    /// <summary>The most batches of one feed: their rows go in with the status, in one commit.</summary>
    public const int MaxBatches = (ITableStore.MaxChanges - 1) / 2 * BatchesPerRow;

    public PartitionKey Partition(FeedId id) => PartitionKey.Of(district.Value, id.Month);

    public static RowKey StatusKey(FeedId id) => RowKey.Of(StatusRows, id.Value);

    public static byte[] Write(FeedStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, FeedJson.Default.FeedStatus);

    public async ValueTask<(FeedStatus Status, ETag ETag)?> FindAsync(FeedId id, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Feeds, Partition(id), StatusKey(id), cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, FeedJson.Default.FeedStatus)!, row.ETag)
            : null;

    /// <summary>The status of a feed that has been split, and its batches: one commit.</summary>
    /// <param name="batches">At most <see cref="MaxBatches"/>.</param>
    public static List<RowChange> WriteSplit(FeedStatus status, ETag etag, IReadOnlyList<FeedBatch> batches)
    {
        var changes = new List<RowChange> { new RowChange.Replace(StatusKey(status.Id), etag, Write(status)) };
        foreach (var chunk in batches.Chunk(BatchesPerRow))
            changes.Add(new RowChange.Insert(
                RowKey.Of(BatchRows, status.Id.Value, changes.Count.ToString("D4", CultureInfo.InvariantCulture)),
                JsonSerializer.SerializeToUtf8Bytes(chunk, FeedJson.Default.FeedBatchArray)));
        return changes;
    }

    /// <summary>The school years a feed touches; none before it is split.</summary>
    public async Task<List<FeedBatch>> BatchesAsync(FeedId id, CancellationToken cancellationToken)
    {
        var batches = new List<FeedBatch>();
        await foreach (var row in store.QueryAsync(TableName.Feeds, Partition(id), RowKeyRange.Under(BatchRows, id.Value), cancellationToken))
            batches.AddRange(JsonSerializer.Deserialize(row.Body.Span, FeedJson.Default.FeedBatchArray)!);
        return batches;
    }

    /// <summary>The school years that all feeds of an arrival month touch.</summary>
    public async Task<List<FeedBatch>> BatchesInMonthAsync(string month, CancellationToken cancellationToken)
    {
        var batches = new List<FeedBatch>();
        await foreach (var row in store.QueryAsync(TableName.Feeds, PartitionKey.Of(district.Value, month), RowKeyRange.Under(BatchRows), cancellationToken))
            batches.AddRange(JsonSerializer.Deserialize(row.Body.Span, FeedJson.Default.FeedBatchArray)!);
        return batches;
    }

    /// <summary>The feed with what its batches have reported so far.</summary>
    public async Task<FeedReport?> ReportAsync(FeedId id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } found) return null;
        return new FeedReport(found.Status, await ResultsAsync(id, cancellationToken));
    }

    public async Task<List<BatchResult>> ResultsAsync(FeedId id, CancellationToken cancellationToken)
    {
        var results = new List<BatchResult>();
        await foreach (var row in store.QueryAsync(TableName.Feeds, Partition(id), RowKeyRange.Under(ResultRows, id.Value), cancellationToken))
            results.Add(JsonSerializer.Deserialize(row.Body.Span, FeedJson.Default.BatchResult)!);
        return results;
    }

    /// <summary>What a feed's batch of one school year reported, if it has.</summary>
    public async ValueTask<BatchResult?> FindResultAsync(FeedId id, SchoolId school, Calendars.SchoolYear year, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Feeds, Partition(id), ResultKey(id, school.Value, year.EndYear), cancellationToken) is { } row
            ? JsonSerializer.Deserialize(row.Body.Span, FeedJson.Default.BatchResult)
            : null;

    public async ValueTask<bool> HasResultAsync(FeedId id, FeedBatch batch, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Feeds, Partition(id), ResultKey(id, batch.School, batch.EndYear), cancellationToken) is not null;

    public async Task<int> CountResultsAsync(FeedId id, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var _ in store.QueryAsync(TableName.Feeds, Partition(id), RowKeyRange.Under(ResultRows, id.Value), cancellationToken)) count++;
        return count;
    }

    /// <summary>Feeds that arrived in a month of the district's clock, whose ends lie in other months of UTC.</summary>
    /// <param name="month">Any day of it.</param>
    public async Task<List<FeedStatus>> ArrivedInAsync(DateOnly month, DistrictProfile profile, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var arrived = new List<FeedStatus>();
        for (var beside = -1; beside <= 1; beside++)
            await foreach (var feed in InMonthAsync(month.AddMonths(beside).ToString("yyyyMM", CultureInfo.InvariantCulture), cancellationToken))
                if (profile.DayOf(feed.ArrivedAt) is var day && (day.Year, day.Month) == (month.Year, month.Month)) arrived.Add(feed);
        return arrived;
    }

    /// <summary>Feeds that arrived in a month of UTC, oldest id first.</summary>
    /// <param name="month">yyyyMM.</param>
    public async IAsyncEnumerable<FeedStatus> InMonthAsync(string month, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(TableName.Feeds, PartitionKey.Of(district.Value, month), RowKeyRange.Under(StatusRows), cancellationToken))
            yield return JsonSerializer.Deserialize(row.Body.Span, FeedJson.Default.FeedStatus)!;
    }

    /// <summary>Writes a batch's result. A redelivered batch that was done before leaves the first result; a replayed one
    /// replaces its failure.</summary>
    public async Task RecordAsync(FeedId id, BatchResult result, CancellationToken cancellationToken)
    {
        var key = ResultKey(id, result.School, result.EndYear);
        var body = JsonSerializer.SerializeToUtf8Bytes(result, FeedJson.Default.BatchResult);
        RowChange change = new RowChange.Insert(key, body);
        while (await store.CommitAsync(TableName.Feeds, Partition(id), [change], cancellationToken) is CommitResult.Conflict)
        {
            var row = await store.GetAsync(TableName.Feeds, Partition(id), key, cancellationToken);
            if (row is { } found && JsonSerializer.Deserialize(found.Body.Span, FeedJson.Default.BatchResult) is { Failed: false }) return;
            change = row is { } failed ? new RowChange.Replace(key, failed.ETag, body) : new RowChange.Insert(key, body);
        }
    }

    /// <summary>The last feed before this one that sent the same bytes with the same request, if any.</summary>
    public async ValueTask<FeedId?> FindRepeatAsync(FeedStatus status, CancellationToken cancellationToken)
    {
        (DateTimeOffset ArrivedAt, FeedId Feed)? last = null;
        await foreach (var row in store.QueryAsync(TableName.Feeds, HashPartition, RowKeyRange.Under(HashParts(status)), cancellationToken))
        {
            var feed = FeedId.Parse(row.Key.Parts()[^1]);
            var arrivedAt = DateTimeOffset.Parse(System.Text.Encoding.ASCII.GetString(row.Body.Span), CultureInfo.InvariantCulture);
            if (feed != status.Id && arrivedAt <= status.ArrivedAt && (last is null || arrivedAt >= last.Value.ArrivedAt)) last = (arrivedAt, feed);
        }
        return last?.Feed;
    }

    /// <summary>Remembers that the feed sent these bytes. Safe to repeat.</summary>
    public async Task RememberAsync(FeedStatus status, CancellationToken cancellationToken)
    {
        var body = System.Text.Encoding.ASCII.GetBytes(status.ArrivedAt.ToString("O", CultureInfo.InvariantCulture));
        await store.CommitAsync(
            TableName.Feeds, HashPartition, [new RowChange.Insert(RowKey.Of([.. HashParts(status), status.Id.Value]), body)], cancellationToken);
    }

    private PartitionKey HashPartition => PartitionKey.Of(district.Value, "hash");

    private static string[] HashParts(FeedStatus status) =>
    [
        status.Sha256, status.Request.Profile ?? "", status.Request.Kind?.ToString() ?? "",
        status.Request.Covers is { } covers ? $"{covers.From:yyyyMMdd}-{covers.To:yyyyMMdd}" : "",
        status.Request.WithoutRoster ? "enrol" : "", string.Join(',', status.Request.Schools ?? []),
    ];

    private static RowKey ResultKey(FeedId id, string school, int endYear) =>
        RowKey.Of(ResultRows, id.Value, school, endYear.ToString("D4", CultureInfo.InvariantCulture));
}
