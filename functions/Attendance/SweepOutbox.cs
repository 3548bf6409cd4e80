using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Messaging;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Sends what a crash left in an outbox.</summary>
public sealed class SweepOutbox(OutboxSweeper sweeper)
{
    [Function("SweepOutbox")]
    public Task Run([TimerTrigger("%OUTBOX_SWEEP_CRON%", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        sweeper.SweepAsync(cancellationToken);
}
