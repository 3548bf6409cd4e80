using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Functions.Referrals;

/// <summary>Brings a school's worklist up to date with a referral that changed.</summary>
public sealed class ProjectReferral(QueueWork queue, WorklistProjection projection)
{
    [Function("ProjectReferral")]
    public Task Run([ServiceBusTrigger("%REFERRALS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.Referrals, "ProjectReferral", projection.ConsumeAsync), cancellationToken);
}
