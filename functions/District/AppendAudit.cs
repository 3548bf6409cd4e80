using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.District;

/// <summary>Appends a write's entry to its audit chain.</summary>
public sealed class AppendAudit(QueueWork queue, AuditTrail trail)
{
    [Function("AppendAudit")]
    public Task Run([ServiceBusTrigger("%AUDIT_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.Audit, "AppendAudit", trail.ConsumeAsync), cancellationToken);
}
