using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Notifications;

namespace SchoolSignal.Functions.Notifications;

/// <summary>Tells the next person of referrals nobody has acknowledged, and each counsellor of the week.</summary>
public sealed class EscalateReferrals(ReferralEscalation escalation, WeeklyDigests digests)
{
    [Function("EscalateReferrals")]
    public async Task Run([TimerTrigger("%ESCALATION_CRON%", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await escalation.SweepAsync(cancellationToken);
        await digests.PlanAsync(cancellationToken);
    }
}
