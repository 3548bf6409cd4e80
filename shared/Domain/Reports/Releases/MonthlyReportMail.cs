using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>Once a month, a mail to every administrator with the link to the reports, if any was released since the last month began. It
/// holds no number.</summary>
public sealed class MonthlyReportMail(
    ITableStore store, ReportStore reports, StaffStore staff, DistrictSettingsStore settings, INotificationSender sender, Outbox outbox,
    DistrictId district, TimeProvider time)
{
    /// <returns>How many were planned; the month is part of the key, so that it is told once.</returns>
    public async Task<int> PlanAsync(CancellationToken cancellationToken)
    {
        var profile = await settings.ReadProfileAsync(cancellationToken);
        var today = profile.DayOf(time.GetUtcNow());
        var since = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        var released = await reports.PublicAsync(since.AddYears(-1), today, cancellationToken);
        if (!released.Any(r => r.ReleasedAt is { } at && profile.DayOf(at) >= since)) return 0;

        var place = WeeklyDigests.PlaceOf(district);
        var subject = NotificationSubject.Report(today.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        var planned = 0;
        foreach (var member in (await staff.ListAsync(cancellationToken)).Where(s => s.IsActive && s.Roles.Contains(Role.Administrator)))
        {
            var told = new Notification(
                subject, NotificationPurpose.Report, "", 0, member.Id.Value, NotificationChannel.Mail, false, NotificationState.Planned, time.GetUtcNow());
            if (await store.CommitAsync(place.Table, place.Partition, [.. NotificationLog.Plan(place, told, sender.Mailbox, null)], cancellationToken) is CommitResult.Committed)
                planned++;
        }
        if (planned > 0) await outbox.RelayAsync(place.Table, place.Partition, cancellationToken);
        return planned;
    }
}
