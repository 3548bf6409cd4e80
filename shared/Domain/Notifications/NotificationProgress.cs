using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>What to do with a notification now. Pure; time is passed in.</summary>
public abstract record NotificationStep
{
    /// <summary>It has ended.</summary>
    public sealed record Nothing : NotificationStep;

    /// <summary>Have the service hold it ready.</summary>
    public sealed record Prepare : NotificationStep;

    /// <summary>Send what is held ready.</summary>
    public sealed record Send : NotificationStep;

    /// <summary>Find out whether the last send went out.</summary>
    public sealed record LookUp : NotificationStep;

    /// <summary>The last send may be in progress: ask again then.</summary>
    public sealed record Wait(DateTimeOffset Until) : NotificationStep;

    /// <summary>Send again although the last send may have gone out.</summary>
    public sealed record Repeat : NotificationStep;
}

/// <summary>Decides a notification's next step, so that it goes out once as far as its recipient can tell and is never lost.</summary>
public static class NotificationProgress
{
    /// <summary>A send whose end is unknown and that cannot be found is repeated once it is this old (inclusive).</summary>
    public static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(15);

    /// <summary>A send found in progress by somebody else is given this long to end by itself.</summary>
    public static readonly TimeSpan InProgress = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan[] LookUps = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), RepeatAfter];

    public static NotificationStep Next(Notification notification, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return notification.State switch
        {
            NotificationState.Planned => new NotificationStep.Prepare(),
            NotificationState.Prepared => new NotificationStep.Send(),
            // A duplicate beats a delay where a child may be in danger.
            NotificationState.Unknown when notification.IsUrgent => new NotificationStep.Repeat(),
            NotificationState.Sending when notification.IsUrgent && now >= SentAt(notification) + InProgress => new NotificationStep.Repeat(),
            NotificationState.Sending when now < SentAt(notification) + InProgress => new NotificationStep.Wait(SentAt(notification) + InProgress),
            NotificationState.Sending or NotificationState.Unknown => new NotificationStep.LookUp(),
            _ => new NotificationStep.Nothing(),
        };
    }

    /// <summary>What the look-up of a send means.</summary>
    public static (Notification After, NotificationStep Then) Found(Notification notification, FindResult found, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (found == FindResult.Sent)
            return (notification with { State = NotificationState.Sent, EndedAt = now }, new NotificationStep.Nothing());
        var unknown = notification with { State = NotificationState.Unknown };
        // Where a repetition takes the place of the first, there is nothing to wait for.
        if (found == FindResult.CannotTell) return (unknown, new NotificationStep.Repeat());
        if (found != FindResult.Unavailable && now >= SentAt(notification) + RepeatAfter) return (unknown, new NotificationStep.Repeat());
        var next = LookUps.Select(after => SentAt(notification) + after).FirstOrDefault(at => at > now);
        return (unknown, new NotificationStep.Wait(next == default ? now + TimeSpan.FromMinutes(5) : next));
    }

    /// <summary>The notification as it is when its send begins.</summary>
    public static Notification Begin(Notification notification, DateTimeOffset now) =>
        notification with { State = NotificationState.Sending, Sends = notification.Sends + 1, LastSendAt = now };

    /// <summary>Made ready to be sent again: with a new draft, since the first may have left.</summary>
    public static Notification Again(Notification notification) =>
        notification with { State = NotificationState.Planned, Handle = "", Repeats = notification.Repeats + 1 };

    private static DateTimeOffset SentAt(Notification notification) => notification.LastSendAt ?? notification.PlannedAt;
}
