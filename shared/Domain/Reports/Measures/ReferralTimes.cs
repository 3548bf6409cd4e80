using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>Something of a referral that a report counts.</summary>
public enum ReferralMoment
{
    Opened,
    /// <summary>The first step of a person that took it on: an acknowledgement, or handing it straight to safeguarding.</summary>
    Acknowledged,
    /// <summary>The first contact with the pupil or the family that was logged.</summary>
    Contacted,
    Closed,
}

/// <summary>One such moment.</summary>
/// <param name="Day">The day it counts on, by the district's clock.</param>
/// <param name="School">The school the referral was with then.</param>
/// <param name="Since">From which day its time counts: the day it was opened, or came up under the weekly cap. Null for <see cref="ReferralMoment.Opened"/>.</param>
/// <param name="Until">To which day: for a contact, the day of the contact itself.</param>
public sealed record ReferralTime(ReferralMoment Moment, DateOnly Day, SchoolId School, Verdict? Verdict = null, DateOnly? Since = null, DateOnly? Until = null);

/// <summary>Reads those moments out of a referral's history. Pure.</summary>
public static class ReferralTimes
{
    /// <param name="history">All lines of one referral, oldest first.</param>
    /// <param name="profile">The district's clock.</param>
    public static IEnumerable<ReferralTime> Of(IReadOnlyList<ReferralEntry> history, DistrictProfile profile)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(profile);
        DateOnly? since = null;
        var (isAcknowledged, isContacted) = (false, false);
        foreach (var entry in history)
        {
            var day = profile.DayOf(entry.At);
            if (entry.Action == ReferralAction.Open) yield return new ReferralTime(ReferralMoment.Opened, day, entry.School);
            // Held back by the weekly cap nobody could have answered it.
            if (entry.Action is ReferralAction.Open or ReferralAction.Release && !isAcknowledged) since = day;
            if (!isAcknowledged && entry.Action is ReferralAction.Acknowledge or ReferralAction.HandOver)
            {
                isAcknowledged = true;
                yield return new ReferralTime(ReferralMoment.Acknowledged, day, entry.School, Since: since, Until: day);
            }
            if (!isContacted && entry.Step is CaseStep.LogContact contact && IsWithFamily(contact.With))
            {
                isContacted = true;
                yield return new ReferralTime(ReferralMoment.Contacted, day, entry.School, Since: since, Until: contact.On);
            }
            if (entry.State == ReferralState.Closed) yield return new ReferralTime(ReferralMoment.Closed, day, entry.School, entry.Verdict);
        }
    }

    private static bool IsWithFamily(ContactKind with) =>
        with is ContactKind.Pupil or ContactKind.FamilyByPhone or ContactKind.FamilyInPerson or ContactKind.FamilyInWriting;
}
