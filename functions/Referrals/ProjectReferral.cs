using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Functions.Referrals;

/// <summary>Brings a school's worklist up to date with a referral that changed, and has those told who need to know.</summary>
public sealed class ProjectReferral(QueueWork queue, WorklistProjection projection, ReferralNotifications notifications)
{
    [Function("ProjectReferral")]
    public Task Run([ServiceBusTrigger("%REFERRALS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.Referrals, "ProjectReferral", ConsumeAsync), cancellationToken);

    private async Task ConsumeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        await projection.ConsumeAsync(envelope, cancellationToken);
        await notifications.ConsumeAsync(envelope, cancellationToken);
    }
}
