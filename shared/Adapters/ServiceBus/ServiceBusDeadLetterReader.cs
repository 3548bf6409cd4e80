using Azure.Messaging.ServiceBus;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.ServiceBus;

/// <summary>Reads the dead-letter sub-queues of Azure Service Bus. A queue with sessions has none in its dead letters: a plain receiver
/// reads both.</summary>
public sealed class ServiceBusDeadLetterReader(ServiceBusClient client, Func<QueueName, string> queueNameOf) : IDeadLetterReader
{
    /// <summary>How long an empty sub-queue is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async ValueTask<IReadOnlyList<GivenUpMessage>> PeekAsync(QueueName queue, int max, CancellationToken cancellationToken)
    {
        await using var receiver = Open(queue);
        var found = await receiver.PeekMessagesAsync(max, cancellationToken: cancellationToken);
        return [.. found.Select(message => GivenUp(queue, message))];
    }

    public async ValueTask<int> TakeAsync(
        QueueName queue, int max, Func<GivenUpMessage, CancellationToken, Task> keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keep);
        await using var receiver = Open(queue);
        var taken = 0;
        // The service may hand over fewer at a time than there are.
        while (taken < max && await receiver.ReceiveMessagesAsync(max - taken, Patience, cancellationToken) is { Count: > 0 } messages)
        {
            foreach (var message in messages)
            {
                await keep(GivenUp(queue, message), cancellationToken);
                // Completed in peek-lock mode: one whose lock ran out meanwhile comes again, and is kept once.
                await receiver.CompleteMessageAsync(message, cancellationToken);
                taken++;
            }
        }
        return taken;
    }

    private ServiceBusReceiver Open(QueueName queue) =>
        client.CreateReceiver(queueNameOf(queue), new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter, ReceiveMode = ServiceBusReceiveMode.PeekLock });

    /// <summary>The reason is a word of the service's, such as MaxDeliveryCountExceeded. The description beside it may hold an exception's
    /// text, and is left where it is.</summary>
    private static GivenUpMessage GivenUp(QueueName queue, ServiceBusReceivedMessage message) => new(
        queue, message.Body.ToString(), message.MessageId, message.DeliveryCount,
        message.DeadLetterReason is { Length: > 0 and <= 60 } reason && reason.All(char.IsAsciiLetterOrDigit) ? reason : "DeadLettered");
}
