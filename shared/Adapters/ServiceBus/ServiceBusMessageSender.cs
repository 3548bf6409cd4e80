using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.ServiceBus;

/// <summary>Sends to Azure Service Bus: durable when it returns. The queue's duplicate detection compares the message id, so a batch that is
/// sent again after a fault half-way adds nothing twice.</summary>
/// <remarks>The client repeats a send that failed for a moment by itself; that repetition carries the same message id.</remarks>
public sealed class ServiceBusMessageSender(ServiceBusClient client, Func<QueueName, string> queueNameOf) : IMessageSender, IAsyncDisposable
{
    /// <summary>Opened once and kept: a sender holds a link of the connection.</summary>
    private readonly ConcurrentDictionary<QueueName, ServiceBusSender> senders = new();

    public async ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) return;
        var sender = senders.GetOrAdd(queue, name => client.CreateSender(queueNameOf(name)));
        var next = 0;
        while (next < messages.Count)
        {
            // As many as the service takes in one go, in order.
            using var batch = await sender.CreateMessageBatchAsync(cancellationToken);
            while (next < messages.Count && batch.TryAddMessage(MessageOf(messages[next]))) next++;
            if (batch.Count == 0) throw new ArgumentException("A message is larger than the queue takes.", nameof(messages));
            await sender.SendMessagesAsync(batch, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in senders.Values) await sender.DisposeAsync();
    }

    private static ServiceBusMessage MessageOf(OutgoingMessage outgoing)
    {
        var message = new ServiceBusMessage(outgoing.Body) { MessageId = outgoing.MessageId, ContentType = "application/json" };
        if (outgoing.SessionId is { } session) message.SessionId = session;
        if (outgoing.NotBefore is { } due) message.ScheduledEnqueueTime = due;
        return message;
    }
}
