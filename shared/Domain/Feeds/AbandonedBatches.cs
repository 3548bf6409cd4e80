using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A person's word that a batch is not waited for any longer, as the feed's report keeps it.</summary>
/// <param name="Reason">In that person's words; no pupil is named in it.</param>
/// <param name="By">Who, by opaque id.</param>
public sealed record Abandonment(string Reason, string By, DateTimeOffset At)
{
    /// <summary>Inclusive, in characters.</summary>
    public const int MaxReason = 300;
}

/// <summary>What became of giving a batch up.</summary>
public enum AbandonResult
{
    /// <summary>The school is screened again; what the batch would have said is unknown.</summary>
    Abandoned,
    NotFound,
    /// <summary>The failure is of other work, which no school waits for.</summary>
    NotABatch,
    /// <summary>It has been applied meanwhile.</summary>
    AlreadyApplied,
}

/// <summary>Gives up batches that can never be applied. A school whose batch failed for good rests until somebody has it
/// replayed, or decides here, with a reason, to go on without it.</summary>
public sealed class AbandonedBatches(
    ITableStore store, FailureStore failures, FeedStore feeds, FeedCompletion completion, LedgerWithdrawal withdrawal, Outbox outbox,
    DistrictSettingsStore settings, DistrictId district, TimeProvider time)
{
    /// <param name="reference">The failure's.</param>
    /// <param name="reason">1 to <see cref="Abandonment.MaxReason"/> characters.</param>
    /// <param name="by">Who decides; the decision and its entry in the audit are one commit.</param>
    public async Task<AbandonResult> AbandonAsync(string reference, string reason, Authority by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, Abandonment.MaxReason);
        if (await failures.FindAsync(reference, cancellationToken) is not { } failure) return AbandonResult.NotFound;
        if (failure.Kind != FeedSplitter.BatchKind) return AbandonResult.NotABatch;

        var batch = Envelope.Parse(failure.Message);
        var feed = FeedId.Parse(batch["feed"]);
        var school = SchoolId.Parse(batch["school"]);
        var year = new SchoolYear(int.Parse(batch["year"], CultureInfo.InvariantCulture), (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth);
        var partition = LedgerKeys.Partition(district, school, year);
        var abandoned = new BatchResult(school.Value, year.EndYear) { Abandoned = new Abandonment(reason, by.Who.Id, time.GetUtcNow()) };
        var entry = AuditEntry.OfDistrict(by, AuditAction.GiveUpBatch, abandoned.Abandoned.At) with { School = school, Reference = feed.Value };

        while (true)
        {
            if (await store.GetAsync(TableName.Attendance, partition, Inbox.Key(batch), cancellationToken) is { } done)
            {
                // It was applied, or given up and the rest of this cut short: the first word on it stands.
                var result = JsonSerializer.Deserialize(done.Body.Span, FeedJson.Default.BatchResult)!;
                if (result.Abandoned is null) return AbandonResult.AlreadyApplied;
                abandoned = result;
                break;
            }
            // A batch cut short may have set some of its marks.
            await withdrawal.WithdrawAsync(partition, feed, cancellationToken);
            var changes = new List<RowChange>
            {
                new RowChange.Insert(Inbox.Key(batch), JsonSerializer.SerializeToUtf8Bytes(abandoned, FeedJson.Default.BatchResult)),
                Outbox.Row(QueueName.Screenings, completion.BaselineOf(feed, abandoned)),
                AuditTrail.Row(entry),
            };
            if (await FeedPause.EndAsync(store, partition, feed, cancellationToken) is { } end) changes.Add(end);
            if (await store.CommitAsync(TableName.Attendance, partition, changes, cancellationToken) is CommitResult.Committed) break;
            // The same request for the baseline may lie there from before and stand in its way.
            await outbox.RelayAsync(TableName.Attendance, partition, cancellationToken);
        }
        await outbox.RelayAsync(TableName.Attendance, partition, cancellationToken);
        await feeds.RecordAsync(feed, abandoned, cancellationToken);
        await completion.CheckAsync(feed, cancellationToken);
        await failures.RemoveAsync(failure, cancellationToken);
        return AbandonResult.Abandoned;
    }
}
