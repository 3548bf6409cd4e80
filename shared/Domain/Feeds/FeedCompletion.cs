using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Decides when a feed is complete: whoever writes a batch's result or the batch count, redelivery included, then
/// reads them all. A complete feed asks for the school-day baseline of every school it touched, and that for the screening.</summary>
public sealed class FeedCompletion(ITableStore store, FeedStore feeds, Outbox outbox, DistrictId district)
{
    /// <summary>The message kind on <see cref="QueueName.Screenings"/>.</summary>
    public const string BaselineKind = "baseline";

    public async Task CheckAsync(FeedId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await feeds.FindAsync(id, cancellationToken) is not { Status: { State: FeedState.Applying, Split: { } split } status } found) break;
            // All but the last few batches to come in stop here: batches come in more or less as they were sent.
            if (split.Last is { } last && !await feeds.HasResultAsync(id, last, cancellationToken)) return;
            if (await feeds.CountResultsAsync(id, cancellationToken) < split.Batches) return;
            var results = await feeds.ResultsAsync(id, cancellationToken);

            var partition = feeds.Partition(id);
            foreach (var chunk in results.Where(r => !r.Failed).Chunk(ITableStore.MaxChanges - 1))
            {
                var rows = chunk.Select(r => Outbox.Row(QueueName.Screenings, BaselineOf(id, r))).ToList();
                while (await store.CommitAsync(TableName.Feeds, partition, rows, cancellationToken) is CommitResult.Conflict)
                    await outbox.RelayAsync(TableName.Feeds, partition, cancellationToken);
            }
            var complete = new RowChange.Replace(FeedStore.StatusKey(id), found.ETag, FeedStore.Write(status with { State = FeedState.Complete }));
            if (await store.CommitAsync(TableName.Feeds, partition, [complete], cancellationToken) is CommitResult.Committed) break;
        }
        await outbox.RelayAsync(TableName.Feeds, feeds.Partition(id), cancellationToken);
    }

    internal Envelope BaselineOf(FeedId id, BatchResult result) => Envelope.First(
        $"baseline {id} {result.School} {result.EndYear}", BaselineKind,
        ("district", district.Value), ("feed", id.Value), ("school", result.School),
        ("year", result.EndYear.ToString(CultureInfo.InvariantCulture)));
}
