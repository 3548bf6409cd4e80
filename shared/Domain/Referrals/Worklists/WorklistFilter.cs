using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Referrals.Worklists;

/// <summary>What part of the worklist somebody wants to see. It stands in the address, so it names no pupil.</summary>
/// <param name="OnlyMine">Own cases and own caseload, as against everybody's at one's schools.</param>
/// <param name="OnlyDue">Only what a reminder is for: a next step due, a rest that ended.</param>
public sealed record WorklistFilter(SchoolId? School = null, Level? Level = null, ReferralState? State = null, bool OnlyMine = false, bool OnlyDue = false)
{
    public static WorklistFilter Everything { get; } = new();

    public bool Takes(Referral referral, bool isMine, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(referral);
        return (School is not { } school || referral.School == school)
            && (Level is not { } level || referral.Level == level)
            && (State is not { } state || referral.State == state)
            && (!OnlyMine || isMine)
            && (!OnlyDue || referral.IsDueOn(today));
    }
}
