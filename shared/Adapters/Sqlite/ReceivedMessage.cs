using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>Proof that the receiver holds the message; each delivery has its own.</summary>
public readonly record struct LockToken(long Value);

/// <summary>A message on loan to one receiver.</summary>
/// <param name="DeliveryCount">Counts this delivery; from 1.</param>
/// <param name="LockedUntil">The first moment at which the lock is lost unless renewed.</param>
/// <param name="EnqueuedAt">When it was sent.</param>
public sealed record ReceivedMessage(
    QueueName Queue, string Body, string MessageId, string? SessionId, int DeliveryCount,
    LockToken LockToken, DateTimeOffset LockedUntil, DateTimeOffset EnqueuedAt)
{
    internal long Sequence { get; init; }
}

/// <summary>A message that was given up, with the reason.</summary>
public sealed record DeadLetter(
    QueueName Queue, string Body, string MessageId, string? SessionId, int DeliveryCount,
    DateTimeOffset EnqueuedAt, DateTimeOffset DeadAt, string Reason);

/// <summary>How many messages a queue holds.</summary>
/// <param name="Active">Due, on loan included.</param>
/// <param name="Scheduled">Not due yet.</param>
public sealed record QueueCounts(long Active, long Scheduled, long DeadLettered);
