using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Applies one school's part of a feed to the ledger; the last one in completes the feed.</summary>
public sealed class ApplyAttendanceBatch(BatchApplier applier, FeedCompletion completion, DistrictSettingsStore settings)
{
    [Function("ApplyAttendanceBatch")]
    public async Task Run([ServiceBusTrigger("%ATTENDANCE_BATCHES_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken)
    {
        var envelope = Envelope.Parse(message);
        var firstMonth = (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth;
        await applier.ApplyAsync(envelope, firstMonth, cancellationToken);
        await completion.CheckAsync(FeedId.Parse(envelope["feed"]), cancellationToken);
    }
}
