using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;

namespace SchoolSignal.Functions.District;

/// <summary>Keeps, apart from the audit itself, where its chains stand, and lets go of months past the district's time for keeping
/// them.</summary>
public sealed class SealAudit(AuditSeals seals, AuditRetention retention)
{
    [Function("SealAudit")]
    public async Task Run([TimerTrigger("%AUDIT_SEAL_CRON%", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await seals.SealAsync(cancellationToken);
        await retention.DropAsync(cancellationToken);
    }
}
