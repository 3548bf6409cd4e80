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
    Assign,
    LogContact,
    AddNote,
    PlanNext,
    FinishNext,
    Snooze,
    Wake,
    Start,
    Close,
    HandOver,
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
        new(ReferralState.New, ReferralAction.Assign, ReferralState.New),
        new(ReferralState.New, ReferralAction.HandOver, ReferralState.Closed),
        .. Worked(ReferralState.Acknowledged),
        new(ReferralState.Acknowledged, ReferralAction.Start, ReferralState.InProgress),
        .. Worked(ReferralState.InProgress),
    ];

    /// <summary>Between somebody taking it on and the end, seen or supported, the same may happen.</summary>
    private static ReferralStep[] Worked(ReferralState state) =>
    [
        new(state, ReferralAction.Update, state),
        new(state, ReferralAction.Relevel, state),
        new(state, ReferralAction.Move, state),
        new(state, ReferralAction.RemoveGround, state),
        new(state, ReferralAction.RestoreGround, state),
        new(state, ReferralAction.Assign, state),
        new(state, ReferralAction.LogContact, state),
        new(state, ReferralAction.AddNote, state),
        new(state, ReferralAction.PlanNext, state),
        new(state, ReferralAction.FinishNext, state),
        new(state, ReferralAction.Snooze, state),
        new(state, ReferralAction.Wake, state),
        new(state, ReferralAction.Close, ReferralState.Closed),
        new(state, ReferralAction.HandOver, ReferralState.Closed),
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
            - `Waiting` (held back by the weekly cap), `GroundRemoved`, the counsellor it is assigned to, the next step and a snooze are
              marks on a state, not states. High is never held back.
            - A closed referral stays closed. It comes back as the pupil's next referral, which shows the earlier ones: after
              `Closed` only on evidence dated after the closing day, after `Retracted` or the verdict `DataError` on the same days too.
            - A snooze ends by itself on its day. A worse level, another school and ground that is back end it at once. A next step
              that is due and a snooze that has ended bring the referral back to the top of the worklist; both are worked out when
              the list is read, so no timer can miss them.
            - A person's step says which revision it was taken on. If somebody did anything else since, it is refused and that
              is told; evidence that only grew and a turn under the weekly cap refuse nobody.
            - A verdict is one of Supported, AlreadyKnown, NotAConcern, DataError, Transferred, HandedToSafeguarding. The last is
              given by `HandOver` alone, after the urgent concern is recorded. Each is kept with the triggers as they stood.

            """);
        return text.ToString();
    }

    private static string Who(ReferralAction action) => action switch
    {
        ReferralAction.Release => "weekly cap",
        >= ReferralAction.Acknowledge => "person",
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
        ReferralAction.Acknowledge => "a counsellor has seen it, and has it unless somebody had it already",
        ReferralAction.Assign => "given to a counsellor, who is told",
        ReferralAction.LogContact => "a contact, its day and what came of it",
        ReferralAction.AddNote => "a note, restricted unless its writer says otherwise",
        ReferralAction.PlanNext => "the next step and the day it is due",
        ReferralAction.FinishNext => "the next step is done",
        ReferralAction.Snooze => "rests until a day, with a reason",
        ReferralAction.Wake => "rests no longer",
        ReferralAction.Start => "support has begun",
        ReferralAction.Close => "done, with a verdict",
        ReferralAction.HandOver => "handed to safeguarding as an urgent concern",
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };
}
