using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Messaging;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Sends what a crash left in an outbox, and shows the administrator what a queue gave up by itself.</summary>
public sealed class SweepOutbox(OutboxSweeper sweeper, DeadLetters deadLetters)
{
    [Function("SweepOutbox")]
    public async Task Run([TimerTrigger("%OUTBOX_SWEEP_CRON%", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await sweeper.SweepAsync(cancellationToken);
        await deadLetters.SweepAsync(cancellationToken);
    }
}
