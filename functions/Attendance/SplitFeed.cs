using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Reads a feed that has arrived: attendance is split by school, anything else is taken in at once.</summary>
public sealed class SplitFeed(FeedArrival arrival, FeedCompletion completion, DistrictSettingsStore settings)
{
    [Function("SplitFeed")]
    public async Task Run([ServiceBusTrigger("%FEED_ARRIVALS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken)
    {
        var feed = FeedId.Parse(Envelope.Parse(message)["feed"]);
        var firstMonth = (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth;
        await arrival.TakeInAsync(feed, firstMonth, cancellationToken);
        await completion.CheckAsync(feed, cancellationToken);
    }
}
