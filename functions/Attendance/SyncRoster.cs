using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Roster.Directories;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Fetches roster and staff from the organisation's directory, where that is set up; does nothing where it is not.</summary>
public sealed class SyncRoster(DirectorySync sync)
{
    [Function("SyncRoster")]
    public Task Run([TimerTrigger("%ROSTER_SYNC_CRON%", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        sync.RunAsync(null, cancellationToken);
}
