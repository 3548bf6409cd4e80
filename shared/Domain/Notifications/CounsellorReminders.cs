using System.Globalization;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Reminds each counsellor by one mail of what waits: referrals nobody has acknowledged since an earlier day, steps that are due. Once
/// a school day at most, in working hours, and not on the digest's day, which says the same. Rows as the digest's; the day is part of
/// the key.</summary>
public sealed class CounsellorReminders(
    ITableStore store, StaffStore staff, NotificationSettingsStore settings, DistrictSettingsStore district, SchoolDayCheck schoolDays, OpenItems open,
    INotificationSender sender, Outbox outbox, DistrictId id, TimeProvider time)
{
    /// <summary>Holds the last day that was looked at to its end.</summary>
    private static readonly RowKey Mark = RowKey.Of("reminded");

    /// <returns>How many were planned.</returns>
    public async Task<int> PlanAsync(CancellationToken cancellationToken)
    {
        var (chosen, _) = await settings.ReadAsync(cancellationToken);
        var profile = await district.ReadProfileAsync(cancellationToken);
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, profile.Zone).DateTime);
        if (today.DayOfWeek == chosen.DigestDay || new SendingHours(profile.Zone, chosen.QuietFrom, chosen.QuietTo).Next(now, _ => true) > now) return 0;
        var place = WeeklyDigests.PlaceOf(id);
        var mark = await store.GetAsync(place.Table, place.Partition, Mark, cancellationToken);
        var day = today.ToString("O", CultureInfo.InvariantCulture);
        if (mark is { } there && Encoding.UTF8.GetString(there.Body.Span) == day) return 0;

        var planned = 0;
        foreach (var member in (await staff.ListAsync(cancellationToken)).Where(s => s.IsActive && s.Roles.Contains(Role.Counsellor)))
        {
            if (!(await schoolDays.OfAsync(member.Schools, today, cancellationToken))(today)) continue;
            if (!(await open.CountAsync(member.Id.Value, member.Schools, today, profile.Zone, cancellationToken)).Any) continue;
            var reminder = new Notification(
                NotificationSubject.Day(day), NotificationPurpose.Reminder, "", 0, member.Id.Value, NotificationChannel.Mail, false, NotificationState.Planned, now);
            // A conflict says that another run was faster.
            if (await store.CommitAsync(place.Table, place.Partition, [.. NotificationLog.Plan(place, reminder, sender.Mailbox, null)], cancellationToken)
                is CommitResult.Committed)
                planned++;
        }
        var body = Encoding.UTF8.GetBytes(day);
        await store.CommitAsync(
            place.Table, place.Partition, [mark is { } row ? new RowChange.Replace(Mark, row.ETag, body) : new RowChange.Insert(Mark, body)], cancellationToken);
        if (planned > 0) await outbox.RelayAsync(place.Table, place.Partition, cancellationToken);
        return planned;
    }
}
