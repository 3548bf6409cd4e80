namespace SchoolSignal.Domain.Ports;

/// <summary>A queue of the Delivery section (design.md); the functions name it by the setting <c>%NAME%</c> of the same name.</summary>
public readonly record struct QueueName
{
    private QueueName(string value) => Value = value;

    public string Value { get; }

    public static readonly QueueName FeedArrivals = new("feed-arrivals");
    public static readonly QueueName AttendanceBatches = new("attendance-batches");
    public static readonly QueueName Screenings = new("screenings");
    public static readonly QueueName Referrals = new("referrals");
    public static readonly QueueName Urgent = new("urgent");
    public static readonly QueueName Notifications = new("notifications");
    public static readonly QueueName Audit = new("audit");

    public static IReadOnlyList<QueueName> All { get; } =
        [FeedArrivals, AttendanceBatches, Screenings, Referrals, Urgent, Notifications, Audit];

    public static QueueName Parse(string value) =>
        All.FirstOrDefault(q => q.Value == value) is { Value: not null } known ? known : throw new FormatException("No such queue.");

    public override string ToString() => Value;
}

/// <summary>A message on its way: an envelope's JSON, the id that duplicate detection compares, the session that keeps
/// order where a queue has sessions, and the earliest time of delivery.</summary>
public sealed record OutgoingMessage(string Body, string MessageId, string? SessionId = null, DateTimeOffset? NotBefore = null);

/// <summary>Sends to a queue: at least once, and as durable when it returns as the row that asked for it: whoever sends holds an outbox
/// row or a message in work, and lets go of it afterwards.</summary>
public interface IMessageSender
{
    ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken);
}
