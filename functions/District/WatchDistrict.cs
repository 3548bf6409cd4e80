using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Functions.District;

/// <summary>Measures how feeds and unfinished work stand, for those who are called when something stays behind.</summary>
public sealed partial class WatchDistrict(DistrictWatch watch, ILogger<WatchDistrict> log)
{
    [Function("WatchDistrict")]
    public async Task Run([TimerTrigger("%WATCH_CRON%", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        var standing = await watch.LookAsync(cancellationToken);
        Stands(standing.Schools, standing.Stale, standing.Oldest, standing.Paused, standing.Failures);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Schools} schools: {Stale} with a feed that is behind, at most {Oldest} school days; {Paused} wait for a replay; {Failures} pieces of work given up")]
    private partial void Stands(int schools, int stale, int oldest, int paused, int failures);
}
