using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.Retention;

namespace SchoolSignal.Functions.District;

/// <summary>Lets go of what has been kept long enough, and ends erasures.</summary>
public sealed partial class LetGo(RetentionSweep retention, ILogger<LetGo> log)
{
    [Function("LetGo")]
    public async Task Run([TimerTrigger("%RETENTION_CRON%", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        var gone = await retention.RunAsync(whole: false, cancellationToken);
        Gone(gone.FeedFiles, gone.Records, gone.Notifications, gone.InboxRows, gone.Failures, gone.RegisterRows, gone.ErasedFromFeeds, gone.Confirmed);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Let go: {FeedFiles} files of feeds, {Records} records of pupils who left, {Notifications} notifications, {InboxRows} inbox rows, {Failures} failures, {RegisterRows} rows of registers, {ErasedFromFeeds} lines of erased pupils; {Confirmed} erasures confirmed")]
    private partial void Gone(int feedFiles, int records, int notifications, int inboxRows, int failures, int registerRows, long erasedFromFeeds, int confirmed);
}
