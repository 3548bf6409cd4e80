using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;

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
