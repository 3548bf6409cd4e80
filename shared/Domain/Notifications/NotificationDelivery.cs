using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Brings a notification to its recipient: recorded before each step, sent within the mailbox's rate, looked up rather than
/// repeated where a send's end is not known.</summary>
/// <remarks>Every step is a write under the row's version before the call it announces, so two deliveries of one message, or a
/// crash at any point, do not send twice: whoever finds a send begun looks it up.</remarks>
public sealed class NotificationDelivery(
    NotificationLog log, NotificationContents contents, NotificationFailures failures, INotificationSender sender, SendingRate rate,
    Outbox outbox, TimeProvider time)
{
    /// <summary>Takes a message of queue <c>notifications</c> or <c>urgent</c>.</summary>
    public async Task ConsumeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var (place, key) = NotificationLog.Read(envelope);
        while (await log.FindAsync(place, key, cancellationToken) is { } stored)
        {
            var next = await StepAsync(stored, NotificationProgress.Next(stored.Notification, time.GetUtcNow()), cancellationToken);
            if (!next) break;
        }
        await outbox.RelayAsync(place.Table, place.Partition, cancellationToken);
    }

    /// <returns>True if there is more to do now.</returns>
    private async Task<bool> StepAsync(StoredNotification stored, NotificationStep step, CancellationToken cancellationToken) => step switch
    {
        NotificationStep.Prepare or NotificationStep.Send => await GoOutAsync(stored, cancellationToken),
        NotificationStep.LookUp => await LookUpAsync(stored, cancellationToken),
        NotificationStep.Wait wait => !await log.PutOffAsync(stored, stored.Notification, sender.Mailbox, wait.Until, cancellationToken),
        NotificationStep.Repeat => await RepeatAsync(stored, cancellationToken),
        _ => false,
    };

    private async Task<bool> GoOutAsync(StoredNotification stored, CancellationToken cancellationToken)
    {
        var notification = stored.Notification;
        switch (await contents.RenderAsync(stored.Place, notification, cancellationToken))
        {
            case RenderedNotification.NoLongerDue gone:
                await EndAsync(stored, notification, NotificationState.Dropped, gone.Reason, cancellationToken);
                return false;
            case RenderedNotification.NoAddress:
                await RefuseAsync(stored, notification, "NoAddress", cancellationToken);
                return false;
            case RenderedNotification.NotBefore quiet:
                return !await log.PutOffAsync(stored, notification, sender.Mailbox, quiet.Time, cancellationToken);
            case RenderedNotification.Ready ready:
                return await WithTurnAsync(stored, ready.Outgoing, cancellationToken);
            default:
                throw new InvalidOperationException("A rendering is not handled.");
        }
    }

    private async Task<bool> WithTurnAsync(StoredNotification stored, OutgoingNotification outgoing, CancellationToken cancellationToken)
    {
        var notification = stored.Notification;
        switch (await TakeTurnAsync(notification, cancellationToken))
        {
            case SendingTurn.Later later:
                return !await log.PutOffAsync(stored, notification, sender.Mailbox, later.At, cancellationToken);
            case SendingTurn.Now turn:
                DateTimeOffset? rest = null;
                try
                {
                    (var again, rest) = notification.State == NotificationState.Planned
                        ? await PrepareAsync(stored, outgoing, cancellationToken)
                        : await SendAsync(stored, outgoing, cancellationToken);
                    return again;
                }
                finally
                {
                    await GiveBackAsync(turn, rest);
                }
            default:
                throw new InvalidOperationException("A turn is not handled.");
        }
    }

    /// <summary>Prepares and, with the same turn, sends.</summary>
    private async Task<(bool Again, DateTimeOffset? RestUntil)> PrepareAsync(
        StoredNotification stored, OutgoingNotification outgoing, CancellationToken cancellationToken)
    {
        switch (await sender.PrepareAsync(outgoing, cancellationToken))
        {
            case PrepareResult.Prepared prepared:
                var ready = await log.WriteAsync(
                    stored, stored.Notification with { State = NotificationState.Prepared, Handle = prepared.Handle }, cancellationToken);
                return ready is null ? (true, null) : await SendAsync(ready, outgoing, cancellationToken);
            case PrepareResult.Busy busy:
                return (!await log.PutOffAsync(stored, stored.Notification, sender.Mailbox, busy.NotBefore, cancellationToken), busy.NotBefore);
            case PrepareResult.Refused refused:
                await RefuseAsync(stored, stored.Notification, refused.Code, cancellationToken);
                return (false, null);
            default:
                throw new InvalidOperationException("What became of preparing is not handled.");
        }
    }

    private async Task<(bool Again, DateTimeOffset? RestUntil)> SendAsync(
        StoredNotification stored, OutgoingNotification outgoing, CancellationToken cancellationToken)
    {
        if (await log.WriteAsync(stored, NotificationProgress.Begin(stored.Notification, time.GetUtcNow()), cancellationToken) is not { } begun)
            return (true, null);
        // From here on the mail may leave: what comes of it is written down even if the host stops.
        var result = await sender.SendAsync(outgoing, begun.Notification.Handle, CancellationToken.None);
        switch (result)
        {
            case SendResult.Sent sent:
                await EndAsync(begun, begun.Notification, NotificationState.Sent, "", CancellationToken.None);
                Instruments.NotificationDelivery.Record(
                    (time.GetUtcNow() - begun.Notification.PlannedAt).TotalSeconds,
                    Instruments.Tag("purpose", begun.Notification.Purpose), Instruments.Tag("channel", begun.Notification.Channel));
                return (false, sent.NotBefore);
            case SendResult.Busy busy:
                var back = begun.Notification with { State = NotificationState.Prepared };
                return (!await log.PutOffAsync(begun, back, sender.Mailbox, busy.NotBefore, CancellationToken.None), busy.NotBefore);
            case SendResult.Unknown:
                return (await log.WriteAsync(begun, begun.Notification with { State = NotificationState.Unknown }, CancellationToken.None) is not null, null);
            case SendResult.Refused refused:
                await RefuseAsync(begun, begun.Notification, refused.Code, CancellationToken.None);
                return (false, null);
            default:
                throw new InvalidOperationException("What became of a send is not handled.");
        }
    }

    private async Task<bool> LookUpAsync(StoredNotification stored, CancellationToken cancellationToken)
    {
        var notification = stored.Notification;
        if (await TakeTurnAsync(notification, cancellationToken) is not SendingTurn.Now turn)
            return !await log.PutOffAsync(stored, notification, sender.Mailbox, time.GetUtcNow() + TimeSpan.FromMinutes(1), cancellationToken);
        FindResult found;
        DateTimeOffset? rest = null;
        try
        {
            var address = await contents.AddressOfAsync(notification, cancellationToken) ?? "";
            var reply = await sender.FindAsync(
                [new UncertainSend(notification.SendKey, notification.Channel, address, notification.Handle, notification.LastSendAt ?? notification.PlannedAt)],
                cancellationToken);
            (found, rest) = (reply.Results[0], reply.NotBefore);
        }
        finally
        {
            await GiveBackAsync(turn, rest);
        }
        var (after, then) = NotificationProgress.Found(notification, found, time.GetUtcNow());
        switch (then)
        {
            case NotificationStep.Wait wait:
                return !await log.PutOffAsync(stored, after, sender.Mailbox, wait.Until, cancellationToken);
            case NotificationStep.Repeat:
                return await RepeatAsync(stored, cancellationToken);
            default:
                return await log.WriteAsync(stored, after, cancellationToken) is null;
        }
    }

    /// <summary>Sends again. An Urgent one goes by its second channel, too.</summary>
    private async Task<bool> RepeatAsync(StoredNotification stored, CancellationToken cancellationToken)
    {
        if (stored.Notification.IsUrgent) await failures.SecondChannelAsync(stored, cancellationToken);
        // Whether it could be written or somebody else was faster: the row says what is next.
        await log.WriteAsync(stored, NotificationProgress.Again(stored.Notification), cancellationToken);
        return true;
    }

    private async Task RefuseAsync(StoredNotification stored, Notification notification, string code, CancellationToken cancellationToken)
    {
        await EndAsync(stored, notification, NotificationState.Refused, code, cancellationToken);
        await failures.KeepAsync(stored.Place, notification, code, cancellationToken);
    }

    private Task<StoredNotification?> EndAsync(
        StoredNotification stored, Notification notification, NotificationState state, string reason, CancellationToken cancellationToken) =>
        log.WriteAsync(stored, notification with { State = state, Reason = reason, EndedAt = time.GetUtcNow() }, cancellationToken);

    private async Task<SendingTurn> TakeTurnAsync(Notification notification, CancellationToken cancellationToken) => sender.HasRate
        ? await rate.TakeAsync(sender.Mailbox, ShareOf(notification), cancellationToken)
        : new SendingTurn.Now(Guid.Empty);

    private Task GiveBackAsync(SendingTurn.Now turn, DateTimeOffset? rest) =>
        sender.HasRate ? rate.GiveBackAsync(sender.Mailbox, turn.Lease, rest, CancellationToken.None) : Task.CompletedTask;

    private static SendingShare ShareOf(Notification notification) =>
        notification.IsUrgent ? SendingShare.Urgent
        : notification.Purpose is NotificationPurpose.Digest or NotificationPurpose.Report ? SendingShare.Digest
        : SendingShare.Routine;
}
