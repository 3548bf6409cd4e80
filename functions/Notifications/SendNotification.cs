using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Notifications;

/// <summary>Sends what is not urgent: a session is a mailbox, and a session has one receiver at a time.</summary>
public sealed class SendNotification(QueueWork queue, NotificationDelivery delivery)
{
    [Function("SendNotification")]
    public Task Run(
        [ServiceBusTrigger("%NOTIFICATIONS_QUEUE%", Connection = "ServiceBus", IsSessionsEnabled = true, AutoCompleteMessages = true)] string message,
        CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.Notifications, "SendNotification", delivery.ConsumeAsync), cancellationToken);
}
