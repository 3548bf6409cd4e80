using Microsoft.Extensions.Hosting;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Runs the pump for as long as the host runs. What a crash left on loan comes back when its loan ends.</summary>
internal sealed class QueueRunner(QueuePump pump) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pump.RunAsync(stoppingToken);
}
