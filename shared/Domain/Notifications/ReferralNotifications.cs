using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Plans who is told of a referral's change. Log rows, messages and the inbox row are one commit in the pupil's partition, so
/// that a change told twice, late or out of order is told once.</summary>
public sealed class ReferralNotifications(
    ITableStore store, ReferralStore referrals, StaffStore staff, Enrollments enrollments, NotificationLog log, NotificationSettingsStore settings,
    INotificationSender sender, Outbox outbox, PupilPartitions partitions, TimeProvider time)
{
    /// <summary>Takes a <see cref="ReferralChanged"/> message.</summary>
    public async Task ConsumeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var changed = ReferralChanged.Read(envelope);
        var place = new NotificationPlace(TableName.Pupils, partitions.Of(changed.Student));
        if (await Inbox.IsDoneAsync(store, place.Table, place.Partition, envelope, cancellationToken)) return;
        // Erased since: nobody is told anything.
        if (await referrals.FindAsync(changed.Student, changed.Referral, cancellationToken) is not { } referral) return;
        var entry = (await referrals.ReadHistoryAsync(referral, changed.Revision - 1, cancellationToken)).FirstOrDefault(e => e.Revision == changed.Revision);
        if (entry is null) return;
        var planned = await PlanAsync(place, referral, entry, changed.Alerts, cancellationToken);
        await WriteAsync(place, NotificationSubject.Referral(referral.Id.ToString()), planned, envelope, cancellationToken);
    }

    private async Task<IReadOnlyList<Notification>> PlanAsync(
        NotificationPlace place, Referral referral, ReferralEntry entry, bool alerts, CancellationToken cancellationToken)
    {
        var (chosen, _) = await settings.ReadAsync(cancellationToken);
        var channels = ChannelsOf(chosen, sender.Channels);
        var subject = NotificationSubject.Referral(referral.Id.ToString());
        if (entry.State == ReferralState.Retracted)
        {
            var told = await log.OfAsync(place, subject, cancellationToken);
            return [.. NotificationPlan.Correct(told.Select(t => t.Notification), time.GetUtcNow())];
        }
        if (alerts)
        {
            var recipients = await RecipientsAsync(referral, cancellationToken);
            return [.. NotificationPlan.Alert(subject, entry, recipients, channels, time.GetUtcNow())];
        }
        return chosen.UsesToDo && sender.Channels.Contains(NotificationChannel.ToDo) && entry.Action == ReferralAction.Acknowledge
            && StaffId.TryParse(entry.By.Value, out var by)
            ? [.. NotificationPlan.Alert(subject, entry, [by], [NotificationChannel.ToDo], time.GetUtcNow())]
            : [];
    }

    /// <summary>The counsellor it is assigned to; else the school's counsellors whose caseload holds the pupil; else all of the school's; else
    /// the district's administrators, who see that there is nobody.</summary>
    private async Task<IReadOnlyList<StaffId>> RecipientsAsync(Referral referral, CancellationToken cancellationToken)
    {
        if (referral.AssignedTo is { } assigned && StaffId.TryParse(assigned.Value, out var one)
            && await staff.FindAsync(one, cancellationToken) is { Member.IsActive: true })
            return [one];
        var counsellors = await staff.OfSchoolAsync(referral.School, Role.Counsellor, cancellationToken);
        var grade = (await enrollments.FindAsync(referral.Student, cancellationToken))?.Enrollments.LastOrDefault(e => e.School == referral.School)?.Grade;
        var own = counsellors.Where(c => c.Caseload.Holds(referral.Student, referral.School, grade, c.Schools)).Select(c => c.Id).ToList();
        if (own.Count > 0) return own;
        if (counsellors.Count > 0) return [.. counsellors.Select(c => c.Id)];
        return [.. (await staff.ListAsync(cancellationToken)).Where(s => s.IsActive && s.Roles.Contains(Role.Administrator)).Select(s => s.Id)];
    }

    private async Task WriteAsync(
        NotificationPlace place, NotificationSubject subject, IReadOnlyList<Notification> planned, Envelope envelope, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = (await log.OfAsync(place, subject, cancellationToken)).Select(s => NotificationLog.KeyOf(s.Notification)).ToHashSet();
            List<RowChange> changes = [Inbox.Row(envelope, time.GetUtcNow())];
            foreach (var notification in planned.Where(n => !known.Contains(NotificationLog.KeyOf(n))))
                changes.AddRange(NotificationLog.Plan(place, notification, sender.Mailbox, null));
            if (await outbox.CommitAsync(place.Table, place.Partition, changes, cancellationToken) is CommitResult.Committed) return;
            if (await Inbox.IsDoneAsync(store, place.Table, place.Partition, envelope, cancellationToken)) return;
        }
    }

    private static List<NotificationChannel> ChannelsOf(NotificationSettings chosen, IReadOnlySet<NotificationChannel> available) =>
        chosen.UsesTeams && available.Contains(NotificationChannel.Teams)
            ? [NotificationChannel.Mail, NotificationChannel.Teams]
            : [NotificationChannel.Mail];
}
