namespace SchoolSignal.Domain.Referrals;

/// <summary>What became of a step somebody wanted to take.</summary>
public abstract record ReferralActionResult
{
    public sealed record Done(ReferralChange.Made Change) : ReferralActionResult;

    /// <summary>The table of <see cref="ReferralStates"/> has no such step.</summary>
    public sealed record NotPermitted(ReferralState From, ReferralAction Action) : ReferralActionResult;

    /// <summary>Closing asks for a verdict, and nothing else takes one.</summary>
    public sealed record VerdictExpected(bool IsMissing) : ReferralActionResult;

    /// <summary>There is no such referral of that pupil.</summary>
    public sealed record NotFound : ReferralActionResult;

    /// <summary>Somebody changed it first: read it again.</summary>
    public sealed record ChangedMeanwhile : ReferralActionResult;
}

/// <summary>The steps that a person, or the weekly cap, takes. Pure.</summary>
public static class ReferralActions
{
    /// <param name="action">Acknowledge, Start, Close or Release; screening takes the others.</param>
    /// <param name="today">The day of the step; a closing day settles the evidence up to it.</param>
    public static ReferralActionResult Take(Referral referral, ReferralAction action, Verdict? verdict, Actor by, DateOnly today, DateTimeOffset now)
    {
        if (action is not (ReferralAction.Acknowledge or ReferralAction.Start or ReferralAction.Close or ReferralAction.Release)
            || ReferralStates.Next(referral.State, action) is not { } state
            || (action == ReferralAction.Release && !referral.Waiting))
            return new ReferralActionResult.NotPermitted(referral.State, action);
        if (verdict.HasValue != (action == ReferralAction.Close))
            return new ReferralActionResult.VerdictExpected(!verdict.HasValue);

        var after = referral with
        {
            State = state,
            Verdict = verdict,
            ClosedOn = action == ReferralAction.Close ? today : null,
            Waiting = false,
            Revision = referral.Revision + 1,
        };
        var entry = new ReferralEntry(
            after.Revision, now, today, by, action, state, after.Level, after.School, verdict, [.. after.Evidence.Triggers.Select(t => t.RuleId)]);
        return new ReferralActionResult.Done(action == ReferralAction.Release
            ? new ReferralChange.Released(after, entry)
            : new ReferralChange.Acted(after, entry));
    }
}
