using System.Globalization;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>What the final failure of a feed's work means for its schools, and what its replay sets right again.</summary>
public sealed class FailedFeeds(ITableStore store, FeedStore feeds, FeedCompletion completion, Outbox outbox, DistrictId district)
{
    /// <summary>A batch failed for good: its school rests, visibly, and the batch counts as reported, so that the feed's other
    /// schools are screened. A batch that did reach the ledger, and failed after, pauses nobody.</summary>
    public async Task BatchFailedAsync(Envelope batch, int firstMonth, CancellationToken cancellationToken)
    {
        var (feed, result, partition) = Read(batch, firstMonth);
        if (!await Inbox.IsDoneAsync(store, TableName.Attendance, partition, batch, cancellationToken))
        {
            // In place already where this is repeated.
            await store.CommitAsync(TableName.Attendance, partition, [FeedPause.Row(feed)], cancellationToken);
            // Another delivery may have been faster, and have looked for the pause before it stood there.
            if (await Inbox.IsDoneAsync(store, TableName.Attendance, partition, batch, cancellationToken))
                await BatchAppliedAsync(batch, firstMonth, cancellationToken);
            else
                await feeds.RecordAsync(feed, result with { Failed = true }, cancellationToken);
        }
        await completion.CheckAsync(feed, cancellationToken);
    }

    /// <summary>A batch is in the ledger: where its school rested because of it, the rest ends, and the school's baseline and
    /// screening are asked for. A feed still being applied asks again at its end, under the same key: it is done once.</summary>
    public async Task BatchAppliedAsync(Envelope batch, int firstMonth, CancellationToken cancellationToken)
    {
        var (feed, result, partition) = Read(batch, firstMonth);
        while (await FeedPause.EndAsync(store, partition, feed, cancellationToken) is { } end)
        {
            await store.CommitAsync(
                TableName.Attendance, partition, [end, Outbox.Row(QueueName.Screenings, completion.BaselineOf(feed, result))], cancellationToken);
            // Also where the commit was refused: the same request, lying there from before, stands in its way.
            await outbox.RelayAsync(TableName.Attendance, partition, cancellationToken);
        }
    }

    /// <summary>A feed could not be read: it is refused, with the reference of the failure.</summary>
    public Task ArrivalFailedAsync(FeedId feed, string reference, CancellationToken cancellationToken) => ChangeAsync(
        feed,
        status => status.State == FeedState.Received,
        status => status with
        {
            State = FeedState.Refused,
            Why = $"The file could not be read after ten attempts. It is kept; whoever runs SchoolSignal can have it read anew (reference {reference}).",
            FailedReference = reference,
        },
        cancellationToken);

    /// <summary>A feed that was refused because its reading failed is to be read anew.</summary>
    public Task ReopenAsync(FeedId feed, CancellationToken cancellationToken) => ChangeAsync(
        feed,
        status => status is { State: FeedState.Refused, FailedReference: not null },
        status => status with { State = FeedState.Received, Why = null, FailedReference = null },
        cancellationToken);

    private async Task ChangeAsync(FeedId feed, Predicate<FeedStatus> applies, Func<FeedStatus, FeedStatus> change, CancellationToken cancellationToken)
    {
        while (await feeds.FindAsync(feed, cancellationToken) is { } found && applies(found.Status))
        {
            var changed = new RowChange.Replace(FeedStore.StatusKey(feed), found.ETag, FeedStore.Write(change(found.Status)));
            if (await store.CommitAsync(TableName.Feeds, feeds.Partition(feed), [changed], cancellationToken) is CommitResult.Committed) return;
        }
    }

    private (FeedId Feed, BatchResult Result, PartitionKey Partition) Read(Envelope batch, int firstMonth)
    {
        var school = SchoolId.Parse(batch["school"]);
        var year = new SchoolYear(int.Parse(batch["year"], CultureInfo.InvariantCulture), firstMonth);
        return (FeedId.Parse(batch["feed"]), new BatchResult(school.Value, year.EndYear), LedgerKeys.Partition(district, school, year));
    }
}
