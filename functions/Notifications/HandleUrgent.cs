using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Notifications;

/// <summary>Safeguarding, ahead of everything: lists a concern, alerts people about it until one acknowledges, and sends those alerts.</summary>
public sealed class HandleUrgent(QueueWork queue, UrgentWatch watch)
{
    [Function("HandleUrgent")]
    public Task Run([ServiceBusTrigger("%URGENT_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.Urgent, "HandleUrgent", watch.ConsumeAsync), cancellationToken);
}
