using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A school whose batch failed for good rests, visibly, until the batch is replayed: one <c>P|feed</c> row for each
/// failed batch, in the school year's partition.</summary>
public static class FeedPause
{
    private const string Rows = "P";

    public static RowChange Row(FeedId feed) => new RowChange.Insert(RowKey.Of(Rows, feed.Value), new byte[] { 1 });

    public static async ValueTask<bool> IsPausedAsync(ITableStore store, PartitionKey partition, CancellationToken cancellationToken)
    {
        await foreach (var _ in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(Rows), cancellationToken)) return true;
        return false;
    }

    /// <returns>The change that ends the pause, to be committed with what the end asks for; null if the school does not rest
    /// because of this feed.</returns>
    public static async ValueTask<RowChange?> EndAsync(ITableStore store, PartitionKey partition, FeedId feed, CancellationToken cancellationToken)
    {
        var key = RowKey.Of(Rows, feed.Value);
        return await store.GetAsync(TableName.Attendance, partition, key, cancellationToken) is { } row ? new RowChange.Delete(key, row.ETag) : null;
    }
}
