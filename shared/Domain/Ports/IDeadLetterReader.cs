namespace SchoolSignal.Domain.Ports;

/// <summary>A message that the queue itself gave up: its work killed the process or outlived its loan as often as the queue delivers.</summary>
/// <param name="Reason">The queue's own word; no text of an exception.</param>
public sealed record GivenUpMessage(QueueName Queue, string Body, string MessageId, int Deliveries, string Reason);

/// <summary>Reads what a queue has put aside. Service Bus keeps such messages for ever, and out of everybody's sight.</summary>
public interface IDeadLetterReader
{
    /// <summary>Looks at them, oldest first, and leaves them where they are.</summary>
    ValueTask<IReadOnlyList<GivenUpMessage>> PeekAsync(QueueName queue, int max, CancellationToken cancellationToken);

    /// <summary>Hands over each, oldest first, and removes it once it is kept. What cannot be kept stays.</summary>
    /// <param name="keep">Repeatable: a crash between keeping and removing brings the message back.</param>
    /// <returns>How many were removed.</returns>
    ValueTask<int> TakeAsync(QueueName queue, int max, Func<GivenUpMessage, CancellationToken, Task> keep, CancellationToken cancellationToken);
}
