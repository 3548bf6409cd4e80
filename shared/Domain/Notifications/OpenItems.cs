using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Notifications;

/// <summary>What waits for a counsellor.</summary>
/// <param name="Unacknowledged">Told before today, and nobody has acknowledged them.</param>
/// <param name="Due">The counsellor's own, with a step that is due or a rest that has ended.</param>
public readonly record struct OpenCounts(int Unacknowledged, int Due)
{
    public bool Any => Unacknowledged + Due > 0;
}

/// <summary>Counts what a reminder is about.</summary>
public sealed class OpenItems(Worklist worklist, NotificationLog log, PupilPartitions partitions)
{
    /// <param name="today">By the district's clock.</param>
    public async Task<OpenCounts> CountAsync(
        string counsellor, IReadOnlySet<SchoolId> schools, DateOnly today, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schools);
        var (unacknowledged, due) = (0, 0);
        foreach (var referral in (await worklist.ReadAsync([.. schools], cancellationToken)).Listed)
        {
            if (referral.AssignedTo?.Value == counsellor && referral.IsDueOn(today)) due++;
            else if (referral.State == ReferralState.New && await WasToldAsync(referral, counsellor, today, zone, cancellationToken)) unacknowledged++;
        }
        return new OpenCounts(unacknowledged, due);
    }

    private async Task<bool> WasToldAsync(Referral referral, string counsellor, DateOnly today, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var place = new NotificationPlace(TableName.Pupils, partitions.Of(referral.Student));
        var told = await log.OfAsync(place, NotificationSubject.Referral(referral.Id.ToString()), cancellationToken);
        return NotificationPlan.WasToldBefore(told.Select(t => t.Notification), counsellor, today, zone);
    }
}
