using SchoolSignal.Domain.Auditing;

namespace SchoolSignal.Domain.Referrals;

/// <summary>What became of a step somebody wanted to take.</summary>
public abstract record ReferralActionResult
{
    public sealed record Done(ReferralChange.Made Change) : ReferralActionResult;

    /// <summary>The table of <see cref="ReferralStates"/> has no such step.</summary>
    public sealed record NotPermitted(ReferralState From, ReferralAction Action) : ReferralActionResult;

    /// <summary>The day given does not lie from <paramref name="First"/> to <paramref name="Last"/>, both inclusive.</summary>
    public sealed record DayRefused(DateOnly First, DateOnly Last) : ReferralActionResult;

    /// <summary>There is no such referral of that pupil.</summary>
    public sealed record NotFound : ReferralActionResult;

    /// <summary>Somebody was faster since the reader opened it: the referral as it is now, and who did what since.</summary>
    public sealed record ChangedMeanwhile(Referral Now, IReadOnlyList<ReferralEntry> Since) : ReferralActionResult;
}

/// <summary>Who takes a step, when, and what they had seen.</summary>
/// <param name="Seen">The revision the person had open; null where nobody looked (the weekly cap).</param>
/// <param name="Authority">For the audit; null for the weekly cap, whose run has an entry of its own.</param>
public sealed record StepTaker(Actor By, DateOnly Today, int? Seen = null, Authority? Authority = null)
{
    public static StepTaker Of(Authority authority, DateOnly today, int? seen) => new(new Actor(authority.Who.Id), today, seen, authority);
}

/// <summary>The steps that a person, or the weekly cap, takes. Pure.</summary>
public static class ReferralActions
{
    /// <param name="by">The member of staff, or the weekly cap.</param>
    /// <param name="today">The day of the step; a closing day settles the evidence up to it.</param>
    public static ReferralActionResult Take(Referral referral, CaseStep step, Actor by, DateOnly today, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (ReferralStates.Next(referral.State, step.Action) is not { } state || !HasSense(referral, step, today))
            return new ReferralActionResult.NotPermitted(referral.State, step.Action);
        if (CaseDates.Of(step, today) is { } day && (day.Stated < day.First || day.Stated > day.Last))
            return new ReferralActionResult.DayRefused(day.First, day.Last);

        var after = Apply(referral with { State = state, Revision = referral.Revision + 1 }, step, by, today, now);
        var entry = new ReferralEntry(
            after.Revision, now, today, by, step.Action, state, after.Level, after.School, after.Verdict,
            [.. after.Evidence.Triggers.Select(t => t.RuleId)])
        {
            Step = step,
        };
        return new ReferralActionResult.Done(step switch
        {
            CaseStep.Release => new ReferralChange.Released(after, entry),
            CaseStep.Assign assign when assign.To != by => new ReferralChange.Assigned(after, entry),
            _ => new ReferralChange.Acted(after, entry),
        });
    }

    /// <summary>What the table of states cannot say: there must be something to release, to finish or to wake.</summary>
    private static bool HasSense(Referral referral, CaseStep step, DateOnly today) => step switch
    {
        CaseStep.Release => referral.Waiting,
        CaseStep.FinishNext => referral.NextStep is not null,
        CaseStep.Wake => referral.IsSnoozedOn(today),
        CaseStep.Close close => close.Verdict != Verdict.HandedToSafeguarding,
        _ => true,
    };

    /// <summary>Whatever a person does ends a rest that is over, and takes a waiting referral out of the queue.</summary>
    private static Referral Apply(Referral referral, CaseStep step, Actor by, DateOnly today, DateTimeOffset now)
    {
        var after = referral with { Waiting = false, SnoozedUntil = referral.IsSnoozedOn(today) ? referral.SnoozedUntil : null };
        return step switch
        {
            CaseStep.Acknowledge => after with { AssignedTo = referral.AssignedTo ?? by },
            CaseStep.Assign assign => after with { AssignedTo = assign.To, NewsAt = now },
            CaseStep.PlanNext plan => after with { NextStep = new NextStep(plan.What, plan.Due, referral.Revision) },
            CaseStep.FinishNext => after with { NextStep = null },
            CaseStep.Snooze snooze => after with { SnoozedUntil = snooze.Until },
            CaseStep.Wake => after with { SnoozedUntil = null },
            CaseStep.Close close => Closed(after, close.Verdict, today),
            CaseStep.HandOver => Closed(after, Verdict.HandedToSafeguarding, today),
            CaseStep.Release => after with { NewsAt = now },
            _ => after,
        };
    }

    private static Referral Closed(Referral referral, Verdict verdict, DateOnly today) =>
        referral with { Verdict = verdict, ClosedOn = today, NextStep = null, SnoozedUntil = null };
}
