using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>What is done where a notification does not simply go out: a failure an administrator sees and can replay, and the second
/// channel of an Urgent one.</summary>
public sealed class NotificationFailures(ITableStore store, NotificationLog log, FailureStore failures, INotificationSender sender, Outbox outbox, TimeProvider time)
{
    /// <summary>Kind of the message that takes a refused notification up again.</summary>
    public const string ReplayKind = "notification-replay";

    /// <param name="code">The service's code, or ours; no text.</param>
    public Task KeepAsync(NotificationPlace place, Notification notification, string code, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var envelope = Envelope.First(
            $"notification|{notification.SendKey}|replay", ReplayKind,
            ("table", place.Table.Value), ("partition", place.Partition.Value), ("row", NotificationLog.KeyOf(notification).Value));
        return failures.AddAsync(
            new Failure(QueueName.Urgent.Value, envelope.Key, ReplayKind, $"{notification.Purpose} by {notification.Channel}: {code}",
                Math.Max(1, notification.Sends), time.GetUtcNow(), envelope.ToJson()),
            cancellationToken);
    }

    /// <summary>An administrator wants a refused notification tried again.</summary>
    public async Task ReplayAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var (place, key) = NotificationLog.Read(envelope);
        while (await log.FindAsync(place, key, cancellationToken) is { Notification.State: NotificationState.Refused } stored)
        {
            var again = stored.Notification with { State = NotificationState.Planned, Handle = "", Reason = "", EndedAt = null };
            if (await log.PutOffAsync(stored, again, sender.Mailbox, time.GetUtcNow(), cancellationToken)) break;
        }
        await outbox.RelayAsync(place.Table, place.Partition, cancellationToken);
    }

    /// <summary>Plans the same notification by the other channel, once.</summary>
    public async Task SecondChannelAsync(StoredNotification stored, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var first = stored.Notification;
        var channel = first.Channel == NotificationChannel.Mail ? NotificationChannel.Teams : NotificationChannel.Mail;
        if (!sender.Channels.Contains(channel)) return;
        var second = new Notification(
            first.Subject, first.Purpose, first.Level, first.Step, first.Recipient, channel,
            first.IsUrgent, NotificationState.Planned, time.GetUtcNow());
        // A conflict says that it was planned before.
        await store.CommitAsync(stored.Place.Table, stored.Place.Partition, [.. NotificationLog.Plan(stored.Place, second, sender.Mailbox, null)], cancellationToken);
    }
}
