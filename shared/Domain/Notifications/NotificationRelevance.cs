using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Whether what a notification says is still so at the moment it goes out.</summary>
public sealed class NotificationRelevance(ITableStore store, ReferralStore referrals, Worklist worklist, NotificationLog log, OpenItems open)
{
    /// <returns>A code, or null if it is due.</returns>
    public async Task<string?> WhyNotAsync(NotificationPlace place, Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (notification.Purpose == NotificationPurpose.Concern)
            return await UrgentWatch.IsAcknowledgedAsync(store, place, notification.Subject, cancellationToken) ? "Acknowledged" : null;
        if (notification.Subject.Kind != "referral") return null;
        if (await referrals.FindAsync(ReferralId.Parse(notification.Subject.Id), cancellationToken) is not { Referral: var referral }) return "NoSuchReferral";
        return notification.Purpose switch
        {
            NotificationPurpose.Correction => referral.State == ReferralState.Retracted ? null : "NotRetracted",
            NotificationPurpose.Escalation => referral is { State: ReferralState.New, Waiting: false } ? null : "NoLongerNew",
            _ when !referral.IsOpen => "NoLongerOpen",
            _ => NotificationPlan.IsSuperseded(
                notification, (await log.OfAsync(place, notification.Subject, cancellationToken)).Select(n => n.Notification)) ? "Superseded" : null,
        };
    }

    /// <summary>What stands in the templates in braces.</summary>
    /// <param name="schools">The recipient's.</param>
    /// <param name="today">By the district's clock.</param>
    /// <returns>Null if there is nothing left to say.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> ValuesAsync(
        Notification notification, IReadOnlySet<SchoolId> schools, DateOnly today, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var values = new Dictionary<string, string> { ["reference"] = notification.Subject.Reference };
        if (notification.Purpose == NotificationPurpose.Reminder)
        {
            var counts = await open.CountAsync(notification.Recipient, schools, today, zone, cancellationToken);
            values["new"] = Text(counts.Unacknowledged);
            values["due"] = Text(counts.Due);
            return counts.Any ? values : null;
        }
        if (notification.Purpose != NotificationPurpose.Digest) return values;
        var listed = (await worklist.ReadAsync([.. schools], cancellationToken)).Listed
            .Where(r => r.AssignedTo is not { } by || by.Value == notification.Recipient)
            .ToList();
        values["new"] = Text(listed.Count(r => r.State == ReferralState.New));
        values["open"] = Text(listed.Count(r => r.State is ReferralState.Acknowledged or ReferralState.InProgress));
        values["due"] = Text(listed.Count(r => r.IsDueOn(today)));
        return values;
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
