using System.Text;

namespace SchoolSignal.Domain.Referrals;

/// <summary>What can happen to a referral.</summary>
public enum ReferralAction
{
    Open,
    Update,
    Relevel,
    Move,
    RemoveGround,
    RestoreGround,
    Release,
    Acknowledge,
    Start,
    Close,
}

/// <summary>A permitted step. <paramref name="From"/> is null for the step that opens a referral.</summary>
public sealed record ReferralStep(ReferralState? From, ReferralAction Action, ReferralState To);

/// <summary>The state machine of referrals as one table; docs/states.md is written from it. A step that is not in the
/// table is refused.</summary>
public static class ReferralStates
{
    public static IReadOnlyList<ReferralStep> Steps { get; } =
    [
        new(null, ReferralAction.Open, ReferralState.New),
        new(ReferralState.New, ReferralAction.Update, ReferralState.New),
        new(ReferralState.New, ReferralAction.Relevel, ReferralState.New),
        new(ReferralState.New, ReferralAction.Move, ReferralState.New),
        new(ReferralState.New, ReferralAction.RemoveGround, ReferralState.Retracted),
        new(ReferralState.New, ReferralAction.Release, ReferralState.New),
        new(ReferralState.New, ReferralAction.Acknowledge, ReferralState.Acknowledged),
        new(ReferralState.Acknowledged, ReferralAction.Update, ReferralState.Acknowledged),
        new(ReferralState.Acknowledged, ReferralAction.Relevel, ReferralState.Acknowledged),
        new(ReferralState.Acknowledged, ReferralAction.Move, ReferralState.Acknowledged),
        new(ReferralState.Acknowledged, ReferralAction.RemoveGround, ReferralState.Acknowledged),
        new(ReferralState.Acknowledged, ReferralAction.RestoreGround, ReferralState.Acknowledged),
        new(ReferralState.Acknowledged, ReferralAction.Start, ReferralState.InProgress),
        new(ReferralState.Acknowledged, ReferralAction.Close, ReferralState.Closed),
        new(ReferralState.InProgress, ReferralAction.Update, ReferralState.InProgress),
        new(ReferralState.InProgress, ReferralAction.Relevel, ReferralState.InProgress),
        new(ReferralState.InProgress, ReferralAction.Move, ReferralState.InProgress),
        new(ReferralState.InProgress, ReferralAction.RemoveGround, ReferralState.InProgress),
        new(ReferralState.InProgress, ReferralAction.RestoreGround, ReferralState.InProgress),
        new(ReferralState.InProgress, ReferralAction.Close, ReferralState.Closed),
    ];

    /// <summary>The state after the step, or null if the step is not permitted.</summary>
    public static ReferralState? Next(ReferralState? from, ReferralAction action)
    {
        foreach (var step in Steps)
            if (step.From == from && step.Action == action) return step.To;
        return null;
    }

    /// <summary>The text of docs/states.md.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append("""
            # States of a referral

            Written from `ReferralStates` in `shared/Domain/Referrals`; a test compares the two. Every step adds one line to
            the referral's history and one to its revision. A step that is not in the table is refused.

            | state | action | leads to | by | meaning |
            |---|---|---|---|---|

            """);
        foreach (var step in Steps)
            text.Append('|').Append(' ').Append(step.From?.ToString() ?? "(none)").Append(" | ").Append(step.Action).Append(" | ")
                .Append(step.To).Append(" | ").Append(Who(step.Action)).Append(" | ").Append(Meaning(step)).Append(" |\n");
        text.Append("""

            - One referral of a pupil is open at a time. Raised or above opens one; Watch is only listed.
            - `Waiting` (held back by the weekly cap) and `GroundRemoved` are marks on a state, not states. High is never held back.
            - After `Closed` only evidence dated after the closing day opens another; after `Retracted` or the verdict
              `DataError` the same days may.
            - A verdict is one of Supported, AlreadyKnown, NotAConcern, DataError, Transferred, HandedToSafeguarding.

            """);
        return text.ToString();
    }

    private static string Who(ReferralAction action) => action switch
    {
        ReferralAction.Acknowledge or ReferralAction.Start or ReferralAction.Close => "person",
        ReferralAction.Release => "weekly cap",
        _ => "screening",
    };

    private static string Meaning(ReferralStep step) => step.Action switch
    {
        ReferralAction.Open => "screening reached Raised or High",
        ReferralAction.Update => "the evidence changed; a falling level closes nothing",
        ReferralAction.Relevel => "the level is worse than before: alert again",
        ReferralAction.Move => "the pupil changed school: the new school is alerted",
        ReferralAction.RemoveGround when step.To == ReferralState.Retracted =>
            "a correction took the ground away before anybody took it on",
        ReferralAction.RemoveGround => "a correction took the ground away: shown, and left to the person",
        ReferralAction.RestoreGround => "the ground is back",
        ReferralAction.Release => "its turn under the weekly cap: alert, and into the worklist",
        ReferralAction.Acknowledge => "a counsellor has seen it",
        ReferralAction.Start => "support has begun",
        ReferralAction.Close => "done, with a verdict",
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };
}
