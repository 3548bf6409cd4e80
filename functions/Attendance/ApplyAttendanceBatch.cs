using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Applies one school's part of a feed to the ledger; the last one in completes the feed.</summary>
public sealed class ApplyAttendanceBatch(
    QueueWork queue, BatchApplier applier, FeedCompletion completion, FailedFeeds failed, DistrictSettingsStore settings)
{
    [Function("ApplyAttendanceBatch")]
    public Task Run([ServiceBusTrigger("%ATTENDANCE_BATCHES_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.AttendanceBatches, "ApplyAttendanceBatch", ApplyAsync) { GivenUp = GiveUpAsync }, cancellationToken);

    private async Task ApplyAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var firstMonth = (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth;
        if (await applier.ApplyAsync(envelope, firstMonth, cancellationToken) is null) return;
        await failed.BatchAppliedAsync(envelope, firstMonth, cancellationToken);
        await completion.CheckAsync(FeedId.Parse(envelope["feed"]), cancellationToken);
    }

    private async Task GiveUpAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Kind == FeedSplitter.BatchKind)
            await failed.BatchFailedAsync(envelope, (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth, cancellationToken);
    }
}
