using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Observations;

/// <summary>Puts a safeguarding concern on the worklist as an Urgent entry of its own.</summary>
public sealed class RaiseConcern(QueueWork queue, UrgentConcerns concerns)
{
    [Function("RaiseConcern")]
    public Task Run([ServiceBusTrigger("%URGENT_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.Urgent, "RaiseConcern", concerns.ConsumeAsync), cancellationToken);
}
