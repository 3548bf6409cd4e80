using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Why somebody is told something.</summary>
public enum NotificationPurpose
{
    /// <summary>A referral needs its counsellor: opened, raised, released by the cap, or come from another school.</summary>
    Alert,
    /// <summary>Nobody has acknowledged it within the district's school days.</summary>
    Escalation,
    /// <summary>A referral that was alerted has been retracted: the register was corrected.</summary>
    Correction,
    /// <summary>What waits for a counsellor today: not acknowledged since an earlier day, a next step due, a rest that has ended.</summary>
    Reminder,
    /// <summary>A safeguarding concern, at once.</summary>
    Concern,
    /// <summary>A counsellor's week.</summary>
    Digest,
    /// <summary>A report was released.</summary>
    Report,
}

/// <summary>Where a notification stands.</summary>
public enum NotificationState
{
    Planned,
    /// <summary>The service holds it ready; it has not gone out.</summary>
    Prepared,
    /// <summary>A send was begun. Whoever finds this state without being the one that began it does not know how the send ended.
    /// </summary>
    Sending,
    /// <summary>It may have gone out; it is being looked up.</summary>
    Unknown,
    Sent,
    /// <summary>No longer of use before it went out: a retracted referral, an acknowledged concern.</summary>
    Dropped,
    /// <summary>It cannot go out; a person has to see to it.</summary>
    Refused,
}

/// <summary>What a notification is about: a referral, a concern, a counsellor's week or day, or a report, by its opaque id.</summary>
public readonly record struct NotificationSubject(string Kind, string Id)
{
    public static NotificationSubject Referral(string id) => new("referral", id);

    public static NotificationSubject Concern(string id) => new("concern", id);

    public static NotificationSubject Week(string id) => new("week", id);

    public static NotificationSubject Day(string id) => new("day", id);

    public static NotificationSubject Report(string id) => new("report", id);

    /// <summary>Short enough to be said on the telephone: the first eight characters of the id in capitals.</summary>
    [JsonIgnore]
    public string Reference => (Id.Length <= 8 ? Id : Id[..8]).ToUpperInvariant();

    public override string ToString() => $"{Kind} {Id}";
}

/// <summary>One row of the notification log, written before anything is sent. It names a member of staff by id; the address is looked
/// up when it goes out.</summary>
/// <param name="Level">What stood when it was planned; a worse level is another notification, a higher count of days is not.</param>
/// <param name="Step">0 for the first round; one more with each round of an escalation.</param>
/// <param name="Recipient">A member of staff's id, or a district's contact.</param>
/// <param name="Handle">The service's name for it once prepared.</param>
/// <param name="Sends">Sends begun.</param>
/// <param name="Repeats">Sends after one whose end stayed unknown: possible duplicates.</param>
/// <param name="Waits">How often it was put off; names its message.</param>
/// <param name="Reason">The code of a refusal, or why it was dropped.</param>
public sealed record Notification(
    NotificationSubject Subject, NotificationPurpose Purpose, string Level, int Step, string Recipient, NotificationChannel Channel,
    bool IsUrgent, NotificationState State, DateTimeOffset PlannedAt)
{
    public string Handle { get; init; } = "";

    public int Sends { get; init; }

    public int Repeats { get; init; }

    public int Waits { get; init; }

    public DateTimeOffset? LastSendAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>Referral or concern + purpose + level + step + recipient + channel: the same matter to the same person is told once.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string> KeyParts =>
        [Subject.Kind, Subject.Id, Purpose.ToString(), Level, Step.ToString(System.Globalization.CultureInfo.InvariantCulture), Recipient, Channel.ToString()];

    /// <summary>Thirty-two hex digits that stand for the key outside: they say nothing of the recipient or the matter.</summary>
    [JsonIgnore]
    public string SendKey => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', KeyParts))).AsSpan(0, 16));

    [JsonIgnore]
    public bool HasEnded => State is NotificationState.Sent or NotificationState.Dropped or NotificationState.Refused;
}
