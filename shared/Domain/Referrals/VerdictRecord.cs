using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>What a person found a referral to be, with what the rules had said: ground truth for evaluating rules. It is
/// written in the commit that closes the referral and never changed.</summary>
/// <param name="Evidence">The triggers as they stood when it was closed.</param>
/// <param name="GroundRemoved">A corrected register had taken the ground away by then: the verdict then says little of the rules.</param>
public sealed record VerdictRecord(
    ReferralId Referral, int Number, StudentKey Student, SchoolId School, Verdict Verdict, DateOnly ClosedOn, Actor By,
    DateOnly OpenedOn, DateOnly RaisedOn, Level Level, bool GroundRemoved, ScreeningResult Evidence)
{
    /// <summary>Null for a change that gives no verdict.</summary>
    internal static VerdictRecord? Of(ReferralChange.Made change) =>
        change.After is { State: ReferralState.Closed, Verdict: { } verdict, ClosedOn: { } closedOn } after
            ? new VerdictRecord(
                after.Id, after.Number, after.Student, after.School, verdict, closedOn, change.Entry.By,
                after.OpenedOn, after.RaisedOn, after.Level, after.GroundRemoved, after.Evidence)
            : null;
}
