using Microsoft.Extensions.Hosting;
using SchoolSignal.Adapters.Sqlite;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Runs the pump for as long as the host runs, and measures how much waits for it. What a crash left on loan comes back when
/// its loan ends.</summary>
internal sealed class QueueRunner(QueuePump pump, SqliteMessageQueue queue) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var depth = new QueueDepth(queue);
        await pump.RunAsync(stoppingToken);
    }
}
