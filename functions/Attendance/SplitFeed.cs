using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Reads a feed that has arrived: attendance is split by school, anything else is taken in at once. A file that was put down in
/// the drop container is told of on the same queue, by Event Grid, and becomes a feed that has arrived.</summary>
public sealed partial class SplitFeed(
    QueueWork queue, FeedArrival arrival, FeedDrop drop, FeedCompletion completion, FailedFeeds failed, DistrictSettingsStore settings, ILogger<SplitFeed> log)
{
    [Function("SplitFeed")]
    public Task Run([ServiceBusTrigger("%FEED_ARRIVALS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(DropEvent.ToEnvelope(message), new QueueTask(QueueName.FeedArrivals, "SplitFeed", TakeInAsync) { GivenUp = GiveUpAsync }, cancellationToken);

    private Task TakeInAsync(Envelope envelope, CancellationToken cancellationToken) => envelope.Kind switch
    {
        DropEvent.IgnoredKind => Task.CompletedTask,
        DropEvent.DroppedKind => TakeDroppedAsync(envelope, cancellationToken),
        _ => TakeArrivedAsync(envelope, cancellationToken),
    };

    private async Task TakeDroppedAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        switch (await drop.TakeInAsync(envelope, cancellationToken))
        {
            case IntakeResult.TooLarge: DropRefused(envelope["content"], "over 4 GB"); break;
            case IntakeResult.Empty: DropRefused(envelope["content"], "empty"); break;
        }
    }

    private async Task TakeArrivedAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var feed = FeedId.Parse(envelope["feed"]);
        if (envelope.Replay > 0) await failed.ReopenAsync(feed, cancellationToken);
        var firstMonth = (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth;
        await arrival.TakeInAsync(feed, firstMonth, cancellationToken);
        await completion.CheckAsync(feed, cancellationToken);
    }

    private Task GiveUpAsync(Envelope envelope, CancellationToken cancellationToken) => envelope.Kind == FeedIntake.ArrivalKind
        ? failed.ArrivalFailedAsync(FeedId.Parse(envelope["feed"]), Failure.ReferenceOf(QueueName.FeedArrivals.Value, envelope.Key), cancellationToken)
        : Task.CompletedTask;

    // Never the file's name: people put names into file names.
    [LoggerMessage(Level = LogLevel.Warning, Message = "File drop: refused a file ({Content}): {Why}")]
    private partial void DropRefused(string content, string why);
}
