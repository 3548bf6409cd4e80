using Microsoft.Extensions.Hosting;
using SchoolSignal.Adapters.Sqlite;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Runs the pump for as long as the host runs. What a crash left on loan comes back when its loan ends.</summary>
internal sealed class QueueRunner(QueuePump pump, QueueDepth depth) : BackgroundService
{
    /// <summary>Measured for as long as it runs.</summary>
    private readonly QueueDepth depth = depth;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pump.RunAsync(stoppingToken);
}
