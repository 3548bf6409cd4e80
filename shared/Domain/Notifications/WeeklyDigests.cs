using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Plans each counsellor's weekly digest on the district's day of the week. Its rows lie in the district's partition
/// "notifications" of table <c>district</c>; the week is part of the key, so that a week is told once.</summary>
public sealed class WeeklyDigests(
    ITableStore store, StaffStore staff, NotificationSettingsStore settings, DistrictSettingsStore district, INotificationSender sender, Outbox outbox,
    DistrictId id, TimeProvider time)
{
    public static NotificationPlace PlaceOf(DistrictId district) => new(TableName.District, PartitionKey.Of(district.Value, "notifications"));

    /// <returns>How many were planned; 0 on every other day.</returns>
    public async Task<int> PlanAsync(CancellationToken cancellationToken)
    {
        var (chosen, _) = await settings.ReadAsync(cancellationToken);
        var profile = await district.ReadProfileAsync(cancellationToken);
        var local = TimeZoneInfo.ConvertTime(time.GetUtcNow(), profile.Zone).DateTime;
        if (chosen.DigestDay != local.DayOfWeek) return 0;
        var place = PlaceOf(id);
        var week = string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(local):D4}-{ISOWeek.GetWeekOfYear(local):D2}");
        var planned = 0;
        foreach (var member in (await staff.ListAsync(cancellationToken)).Where(s => s.IsActive && s.Roles.Contains(Role.Counsellor)))
        {
            var digest = new Notification(
                NotificationSubject.Week(week), NotificationPurpose.Digest, "", 0, member.Id.Value, NotificationChannel.Mail, false,
                NotificationState.Planned, time.GetUtcNow());
            // A conflict says that this week's is planned.
            if (await store.CommitAsync(place.Table, place.Partition, [.. NotificationLog.Plan(place, digest, sender.Mailbox, null)], cancellationToken)
                is CommitResult.Committed)
                planned++;
        }
        if (planned > 0) await outbox.RelayAsync(place.Table, place.Partition, cancellationToken);
        return planned;
    }
}
