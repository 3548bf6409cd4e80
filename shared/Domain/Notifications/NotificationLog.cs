using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>The partition a notification's row lies in: the pupil's for a referral or concern, the district's for a digest.</summary>
public readonly record struct NotificationPlace(TableName Table, PartitionKey Partition);

/// <summary>A notification as read, with its row's version.</summary>
public sealed record StoredNotification(NotificationPlace Place, Notification Notification, ETag Version);

/// <summary>Rows <c>N|subject kind|subject id|purpose|level|step|recipient|channel</c>: what was told to whom, why and when.</summary>
public sealed class NotificationLog(ITableStore store)
{
    private const string Rows = "N";

    /// <summary>Envelopes of both queues that carry notifications.</summary>
    public const string Kind = "notification";

    public static RowKey KeyOf(Notification notification) => RowKey.Of([Rows, .. notification.KeyParts]);

    /// <summary>The row and the message that sends it, for the commit that makes it due.</summary>
    /// <param name="mailbox">The session: one mailbox's mail goes out one by one.</param>
    public static IEnumerable<RowChange> Plan(NotificationPlace place, Notification notification, string mailbox, DateTimeOffset? notBefore)
    {
        yield return new RowChange.Insert(KeyOf(notification), Body(notification));
        yield return Message(place, notification, mailbox, notBefore);
    }

    /// <summary>Everything told about a referral, a concern or a week, in the order of the keys.</summary>
    public Task<IReadOnlyList<StoredNotification>> OfAsync(NotificationPlace place, NotificationSubject subject, CancellationToken cancellationToken) =>
        ReadAsync(place, RowKeyRange.Under(Rows, subject.Kind, subject.Id), cancellationToken);

    /// <summary>Everything told of a partition's pupils: what an export and an erasure look through.</summary>
    public Task<IReadOnlyList<StoredNotification>> AllAsync(NotificationPlace place, CancellationToken cancellationToken) =>
        ReadAsync(place, RowKeyRange.Under(Rows), cancellationToken);

    private async Task<IReadOnlyList<StoredNotification>> ReadAsync(NotificationPlace place, RowKeyRange range, CancellationToken cancellationToken)
    {
        var all = new List<StoredNotification>();
        await foreach (var row in store.QueryAsync(place.Table, place.Partition, range, cancellationToken)) all.Add(Read(place, row));
        return all;
    }

    public async Task<StoredNotification?> FindAsync(NotificationPlace place, RowKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(place.Table, place.Partition, key, cancellationToken) is { } row ? Read(place, row) : null;

    /// <summary>Writes the notification over the version that was read.</summary>
    /// <returns>As it now stands, or null if somebody else changed it first.</returns>
    public async Task<StoredNotification?> WriteAsync(StoredNotification before, Notification after, CancellationToken cancellationToken) =>
        await CommitAsync(before, after, [], cancellationToken);

    /// <summary>Puts the notification off: the row and the message that comes back to it are one commit.</summary>
    public async Task<bool> PutOffAsync(StoredNotification before, Notification after, string mailbox, DateTimeOffset until, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        var put = after with { Waits = after.Waits + 1 };
        return await CommitAsync(before, put, [Message(before.Place, put, mailbox, until)], cancellationToken) is not null;
    }

    private async Task<StoredNotification?> CommitAsync(
        StoredNotification before, Notification after, IEnumerable<RowChange> more, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        IReadOnlyList<RowChange> changes = [new RowChange.Replace(KeyOf(after), before.Version, Body(after)), .. more];
        return await store.CommitAsync(before.Place.Table, before.Place.Partition, changes, cancellationToken) is CommitResult.Committed committed
            ? before with { Notification = after, Version = committed.ETags[0] }
            : null;
    }

    private static RowChange Message(NotificationPlace place, Notification notification, string mailbox, DateTimeOffset? notBefore)
    {
        var key = KeyOf(notification).Value;
        ReadOnlySpan<(string, string)> ids =
            [("table", place.Table.Value), ("partition", place.Partition.Value), ("row", key), (Envelope.Session, mailbox)];
        // Urgent mail does not stand in line behind a session.
        var envelope = Envelope.First(
            $"notification|{notification.SendKey}|{notification.Waits.ToString(CultureInfo.InvariantCulture)}", Kind,
            notification.IsUrgent ? ids[..^1] : ids);
        return Outbox.Row(notification.IsUrgent ? QueueName.Urgent : QueueName.Notifications, envelope, notBefore);
    }

    /// <summary>Where a message's notification lies.</summary>
    public static (NotificationPlace Place, RowKey Key) Read(Envelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        if (envelope.Kind is not (Kind or NotificationFailures.ReplayKind)) throw new FormatException("The message is not of a notification.");
        var table = TableName.All.Single(t => t.Value == envelope["table"]);
        return (new NotificationPlace(table, PartitionKey.FromStored(envelope["partition"])), RowKey.FromStored(envelope["row"]));
    }

    /// <summary>When a row's notification ended; null while it is under way.</summary>
    internal static DateTimeOffset? EndOf(TableRow row)
    {
        var notification = JsonSerializer.Deserialize(row.Body.Span, NotificationJson.Default.Notification)!;
        return notification.HasEnded ? notification.EndedAt : null;
    }

    private static StoredNotification Read(NotificationPlace place, TableRow row) =>
        new(place, JsonSerializer.Deserialize(row.Body.Span, NotificationJson.Default.Notification)!, row.ETag);

    private static byte[] Body(Notification notification) =>
        JsonSerializer.SerializeToUtf8Bytes(notification, NotificationJson.Default.Notification);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Notification))]
internal sealed partial class NotificationJson : JsonSerializerContext;
