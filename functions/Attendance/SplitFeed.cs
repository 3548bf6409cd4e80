using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Reads a feed that has arrived: attendance is split by school, anything else is taken in at once.</summary>
public sealed class SplitFeed(QueueWork queue, FeedArrival arrival, FeedCompletion completion, FailedFeeds failed, DistrictSettingsStore settings)
{
    [Function("SplitFeed")]
    public Task Run([ServiceBusTrigger("%FEED_ARRIVALS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.FeedArrivals, "SplitFeed", TakeInAsync) { GivenUp = GiveUpAsync }, cancellationToken);

    private async Task TakeInAsync(Envelope envelope, CancellationToken cancellationToken)
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
}
