using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Notifications;

namespace SchoolSignal.Functions.Notifications;

/// <summary>Tells the next person of referrals nobody has acknowledged, and each counsellor of the week and of what waits today.</summary>
public sealed class EscalateReferrals(ReferralEscalation escalation, WeeklyDigests digests, CounsellorReminders reminders)
{
    [Function("EscalateReferrals")]
    public async Task Run([TimerTrigger("%ESCALATION_CRON%", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await escalation.SweepAsync(cancellationToken);
        await digests.PlanAsync(cancellationToken);
        await reminders.PlanAsync(cancellationToken);
    }
}
