using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Functions.Referrals;

/// <summary>Brings a school's worklist up to date with a referral that changed.</summary>
public sealed class ProjectReferral(WorklistProjection projection)
{
    [Function("ProjectReferral")]
    public Task Run([ServiceBusTrigger("%REFERRALS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        projection.ConsumeAsync(Envelope.Parse(message), cancellationToken);
}
