using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;

namespace SchoolSignal.Functions.District;

/// <summary>Keeps, apart from the audit itself, where its chains stand.</summary>
public sealed class SealAudit(AuditSeals seals)
{
    [Function("SealAudit")]
    public Task Run([TimerTrigger("%AUDIT_SEAL_CRON%", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        seals.SealAsync(cancellationToken);
}
