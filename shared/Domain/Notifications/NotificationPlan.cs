using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Who is told what. Pure; time is passed in.</summary>
public static class NotificationPlan
{
    /// <summary>A referral needs somebody. The same level in the same school is told once; a worse level, another school and a ground that
    /// came back are new.</summary>
    public static IEnumerable<Notification> Alert(
        NotificationSubject subject, ReferralEntry entry, IReadOnlyList<StaffId> recipients, IReadOnlyList<NotificationChannel> channels, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(recipients);
        var level = entry.Action == ReferralAction.RestoreGround
            ? string.Create(CultureInfo.InvariantCulture, $"{entry.Level} again {entry.Revision}")
            : $"{entry.Level} {entry.School}";
        foreach (var recipient in recipients)
            foreach (var channel in channels)
                yield return new Notification(
                    subject, NotificationPurpose.Alert, level, 0, recipient.Value, channel, false, NotificationState.Planned, now);
    }

    /// <summary>Whether a later alert of the same matter to the same person by the same way says more: a worse level that came in before this one
    /// went out. Of two planned in one moment the worse level is the later.</summary>
    /// <param name="known">All notifications of the referral.</param>
    public static bool IsSuperseded(Notification alert, IEnumerable<Notification> known)
    {
        ArgumentNullException.ThrowIfNull(alert);
        ArgumentNullException.ThrowIfNull(known);
        return known.Any(other => other.Purpose == NotificationPurpose.Alert && other.State != NotificationState.Refused
            && other.Recipient == alert.Recipient && other.Channel == alert.Channel
            && (other.PlannedAt, LevelOf(other)).CompareTo((alert.PlannedAt, LevelOf(alert))) > 0);
    }

    /// <summary>Whether the counsellor was alerted on a day before today, by the district's clock.</summary>
    /// <param name="known">All notifications of the referral.</param>
    public static bool WasToldBefore(IEnumerable<Notification> known, string counsellor, DateOnly today, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(known);
        return known.Any(n => n is { Purpose: NotificationPurpose.Alert, State: NotificationState.Sent, EndedAt: { } at } && n.Recipient == counsellor
            && DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime) < today);
    }

    /// <summary>An alert's level begins with the screening's word.</summary>
    private static Level LevelOf(Notification alert) => Enum.TryParse<Level>(alert.Level.Split(' ')[0], out var level) ? level : Level.None;

    /// <summary>Whoever was told of a referral, or may have been, hears that it was taken back. Who was not yet told hears nothing.</summary>
    public static IEnumerable<Notification> Correct(IEnumerable<Notification> told, DateTimeOffset now) => told
        .Where(t => t.Purpose is NotificationPurpose.Alert or NotificationPurpose.Escalation
            && t.State is NotificationState.Sent or NotificationState.Sending or NotificationState.Unknown)
        .Select(t => (t.Recipient, t.Channel, t.Subject))
        .Distinct()
        .Where(t => t.Channel != NotificationChannel.ToDo)
        .Select(t => new Notification(
            t.Subject, NotificationPurpose.Correction, "", 0, t.Recipient, t.Channel, false, NotificationState.Planned, now));

    /// <summary>A referral nobody has acknowledged: the counsellors' deputies after the district's school days, the administrators after
    /// twice as many (both inclusive).</summary>
    /// <returns>0 before; the step that is due.</returns>
    public static int EscalationStep(int schoolDaysSinceAlert, int escalateAfter) =>
        schoolDaysSinceAlert >= 2 * escalateAfter ? 2 : schoolDaysSinceAlert >= escalateAfter ? 1 : 0;

    public static IEnumerable<Notification> Escalate(
        NotificationSubject subject, string level, int step, IEnumerable<StaffId> recipients, IReadOnlyList<NotificationChannel> channels, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        return recipients.SelectMany(recipient => channels.Select(channel => new Notification(
            subject, NotificationPurpose.Escalation, level, step, recipient.Value, channel, false, NotificationState.Planned, now)));
    }
}
