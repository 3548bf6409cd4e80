using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Looks, school by school, for referrals that were alerted and that nobody has acknowledged within the district's school days, and
/// tells the next person. Those that wait for their turn under the weekly cap do not escalate.</summary>
public sealed class ReferralEscalation(
    ITableStore store, SchoolRegistry registry, Worklist worklist, StaffStore staff, NotificationLog log, NotificationSettingsStore settings,
    DistrictSettingsStore district, SchoolDayCheck schoolDays, INotificationSender sender, Outbox outbox, PupilPartitions partitions, TimeProvider time)
{
    /// <returns>How many notifications were planned.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var (chosen, _) = await settings.ReadAsync(cancellationToken);
        var profile = await district.ReadProfileAsync(cancellationToken);
        var today = profile.DayOf(time.GetUtcNow());
        var planned = 0;
        var firstMonth = (await district.ReadAsync(cancellationToken)).Settings.FirstMonth;
        foreach (var school in await registry.InYearAsync(SchoolYear.Containing(today, firstMonth), cancellationToken))
            foreach (var referral in (await worklist.ReadAsync(school, cancellationToken)).Listed.Where(r => r.State == ReferralState.New))
                planned += await EscalateAsync(referral, chosen, profile, today, cancellationToken);
        return planned;
    }

    private async Task<int> EscalateAsync(
        Referral referral, NotificationSettings chosen, DistrictProfile profile, DateOnly today, CancellationToken cancellationToken)
    {
        var place = new NotificationPlace(TableName.Pupils, partitions.Of(referral.Student));
        var subject = NotificationSubject.Referral(referral.Id.ToString());
        var told = await log.OfAsync(place, subject, cancellationToken);
        var alerts = told.Where(t => t.Notification.Purpose == NotificationPurpose.Alert).Select(t => t.Notification).ToList();
        if (alerts.Count == 0) return 0;
        // A worse level alerts anew, and its days count anew.
        var latest = alerts.MaxBy(a => a.PlannedAt)!;
        var since = await schoolDays.CountAsync(referral.School, profile.DayOf(latest.PlannedAt), today, cancellationToken);
        var step = NotificationPlan.EscalationStep(since, chosen.EscalateAfterSchoolDays);
        if (step == 0 || told.Any(t => t.Notification is { Purpose: NotificationPurpose.Escalation } e && e.Level == latest.Level && e.Step >= step)) return 0;
        var recipients = await RecipientsAsync(referral.School, step, [.. alerts.Where(a => a.Level == latest.Level).Select(a => a.Recipient)], cancellationToken);
        IReadOnlyList<NotificationChannel> channels = chosen.UsesTeams && sender.Channels.Contains(NotificationChannel.Teams)
            ? [NotificationChannel.Mail, NotificationChannel.Teams]
            : [NotificationChannel.Mail];
        var notifications = NotificationPlan.Escalate(subject, latest.Level, step, recipients, channels, time.GetUtcNow()).ToList();
        if (notifications.Count == 0) return 0;
        var changes = notifications.SelectMany(n => NotificationLog.Plan(place, n, sender.Mailbox, null)).ToList();
        // A conflict says that another sweep was faster.
        if (await store.CommitAsync(place.Table, place.Partition, changes, cancellationToken) is not CommitResult.Committed) return 0;
        await outbox.RelayAsync(place.Table, place.Partition, cancellationToken);
        return notifications.Count;
    }

    /// <summary>First the deputies of those who were told, else the school's other counsellors; then, or where there are none, the
    /// administrators.</summary>
    private async Task<IReadOnlyList<StaffId>> RecipientsAsync(SchoolId school, int step, HashSet<string> told, CancellationToken cancellationToken)
    {
        if (step == 1)
        {
            var counsellors = await staff.OfSchoolAsync(school, Role.Counsellor, cancellationToken);
            var deputies = new HashSet<StaffId>();
            foreach (var id in counsellors.Where(c => told.Contains(c.Id.Value)).Select(c => c.Deputy).OfType<StaffId>())
                if (await staff.FindAsync(id, cancellationToken) is { Member.IsActive: true }) deputies.Add(id);
            if (deputies.Count > 0) return [.. deputies.Order()];
            var others = counsellors.Select(c => c.Id).Where(id => !told.Contains(id.Value)).ToList();
            if (others.Count > 0) return others;
        }
        return [.. (await staff.ListAsync(cancellationToken)).Where(s => s.IsActive && s.Roles.Contains(Role.Administrator)).Select(s => s.Id)];
    }
}
