using SchoolSignal.Domain.Notifications;

namespace SchoolSignal.Domain.Ports;

/// <summary>A notification in the words it goes out with. It holds a reference and a link, never anything about a pupil.</summary>
/// <param name="Key">Thirty-two hex digits, the same at every attempt: by it a send whose end is not known is looked up.</param>
/// <param name="Recipient">A mail address, or the recipient's object id in the directory, as the channel asks.</param>
/// <param name="Thread">Names the matter, so that a later notice of it takes the place of an earlier one where the channel can.</param>
public sealed record OutgoingNotification(
    string Key, NotificationChannel Channel, string Recipient, string Subject, string Text, string Html, Uri Link, bool IsUrgent, string Thread);

/// <summary>What became of preparing a notification. Nothing has been sent yet, whatever it is.</summary>
public abstract record PrepareResult
{
    /// <param name="Handle">What the service knows it by; empty where the channel has nothing to prepare.</param>
    public sealed record Prepared(string Handle) : PrepareResult;

    /// <summary>The service asks for patience, or cannot be reached.</summary>
    public sealed record Busy(DateTimeOffset NotBefore) : PrepareResult;

    /// <summary>The service will not have it, however often it is asked.</summary>
    /// <param name="Code">The service's own code; no text of its answer.</param>
    public sealed record Refused(string Code) : PrepareResult;
}

/// <summary>What became of a send.</summary>
public abstract record SendResult
{
    /// <param name="NotBefore">When the service wants the mailbox's next call, where it said so.</param>
    public sealed record Sent(DateTimeOffset? NotBefore = null) : SendResult;

    /// <summary>It has surely not gone out.</summary>
    public sealed record Busy(DateTimeOffset NotBefore) : SendResult;

    /// <summary>It may have gone out: the answer was lost, late or a fault of the service's. Never to be repeated blindly.</summary>
    public sealed record Unknown : SendResult;

    /// <summary>It has not gone out and never will.</summary>
    public sealed record Refused(string Code) : SendResult;
}

/// <summary>What a look-up of a send found.</summary>
public enum FindResult
{
    Sent,
    /// <summary>Still only prepared.</summary>
    NotSent,
    /// <summary>Neither prepared nor sent.</summary>
    NotFound,
    /// <summary>The channel cannot be asked; a repetition takes the place of the first there and harms nobody.</summary>
    CannotTell,
    /// <summary>The service did not answer: ask again later.</summary>
    Unavailable,
}

/// <summary>What looking sends up came to.</summary>
/// <param name="Results">In the order of the sends.</param>
/// <param name="NotBefore">When the service wants the mailbox's next call, where it said so.</param>
public sealed record FindReply(IReadOnlyList<FindResult> Results, DateTimeOffset? NotBefore);

/// <summary>A send to look up.</summary>
/// <param name="Since">When it was last sent, or a little before.</param>
public sealed record UncertainSend(string Key, NotificationChannel Channel, string Recipient, string Handle, DateTimeOffset Since);

/// <summary>Sends notifications in three steps, so that one whose end is not known can be looked up rather than repeated: prepare,
/// send, find. None of the steps retries a send by itself.</summary>
public interface INotificationSender
{
    /// <summary>The mailbox that all mail goes out from: one session of the queue, one rate.</summary>
    string Mailbox { get; }

    /// <summary>Whether the service limits how many mails leave in a minute, and how many calls go at a time.</summary>
    bool HasRate => true;

    /// <summary>What has been set up; mail always is.</summary>
    IReadOnlySet<NotificationChannel> Channels { get; }

    /// <summary>Safe to repeat.</summary>
    ValueTask<PrepareResult> PrepareAsync(OutgoingNotification notification, CancellationToken cancellationToken);

    /// <param name="handle">From <see cref="PrepareAsync"/>.</param>
    ValueTask<SendResult> SendAsync(OutgoingNotification notification, string handle, CancellationToken cancellationToken);

    /// <summary>Looks sends up. Safe to repeat; those that come back unavailable are to be asked again, and no others.</summary>
    ValueTask<FindReply> FindAsync(IReadOnlyList<UncertainSend> sends, CancellationToken cancellationToken);
}
