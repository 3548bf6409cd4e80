using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Referrals;

/// <summary>What a screening means for a pupil's referrals (design.md, Referrals). Pure.</summary>
public static class ReferralDecision
{
    /// <param name="pupil">The pupil's referrals as stored.</param>
    /// <param name="result">The screening to apply. One that did not screen, or is as of a day before what is known, changes nothing.</param>
    /// <param name="asOfRaised">The pupil screened on today's ledger as of the open referral's <see cref="Referral.RaisedOn"/>;
    /// null, or not screened, if that cannot be said: then the ground stands.</param>
    /// <param name="capacity">With a cap set, a routine (Raised) referral opens as Waiting until the cap gives it its turn.</param>
    /// <param name="newId">The id of a referral that may be opened.</param>
    public static ReferralChange Decide(
        PupilReferrals pupil, ScreeningResult result, ScreeningResult? asOfRaised, DistrictCapacity capacity, ReferralId newId, DateTimeOffset now)
    {
        if (result.NotScreenedBecause is not null) return ReferralChange.None.Instance;
        if (pupil.LatestAsOf is { } known && result.AsOf < known) return ReferralChange.None.Instance;
        return pupil.Open is { } open
            ? Continue(open, result, result.AsOf == open.RaisedOn ? result : asOfRaised, now)
            : Open(pupil, result, capacity, newId, now);
    }

    private static ReferralChange Open(PupilReferrals pupil, ScreeningResult result, DistrictCapacity capacity, ReferralId newId, DateTimeOffset now)
    {
        if (!result.IsRaised()) return ReferralChange.None.Instance;
        if (pupil.SettledThrough is { } settled && !result.IsLaterThan(settled)) return ReferralChange.None.Instance;
        var isHeldBack = result.Level == Level.Raised && capacity.WeeklyCapOf(result.School) is not null;
        var referral = new Referral(
            newId, pupil.NextNumber, result.Student, result.School, ReferralState.New, null, result.Level, result.Level, result.Priority,
            OpenedOn: result.AsOf, RaisedOn: result.AsOf, CurrentAsOf: result.AsOf, ClosedOn: null,
            GroundRemoved: false, isHeldBack, result, Revision: 1)
        {
            NewsAt = now,
        };
        return new ReferralChange.Opened(referral, Entry(referral, ReferralAction.Open, result, now));
    }

    private static ReferralChange Continue(Referral open, ScreeningResult result, ScreeningResult? asOfRaised, DateTimeOffset now)
    {
        Level? levelThen = asOfRaised is { NotScreenedBecause: null } ? asOfRaised.Level : null;
        var isRaisedNow = result.IsRaised();
        var current = open with
        {
            School = result.School,
            AssignedTo = result.School == open.School ? open.AssignedTo : null,
            CurrentLevel = result.Level,
            Priority = result.Priority,
            CurrentAsOf = result.AsOf,
            Evidence = isRaisedNow ? result : open.Evidence,
        };

        if (levelThen < Level.Raised && !isRaisedNow && !open.GroundRemoved)
        {
            var removed = Step(
                open.State == ReferralState.New
                    ? current with { ClosedOn = result.AsOf, Waiting = false, NextStep = null, SnoozedUntil = null }
                    : current with { GroundRemoved = true, NewsAt = now },
                ReferralAction.RemoveGround);
            var entry = Entry(removed, ReferralAction.RemoveGround, result, now);
            return removed.IsOpen ? new ReferralChange.GroundRemoved(removed, entry) : new ReferralChange.Retracted(removed, entry);
        }
        if (result.Level > open.Level)
        {
            var worse = Step(
                Awake(current, now) with
                {
                    Level = result.Level,
                    RaisedOn = result.AsOf,
                    GroundRemoved = false,
                    Waiting = open.Waiting && result.Level < Level.High,
                },
                ReferralAction.Relevel);
            return new ReferralChange.Releveled(worse, Entry(worse, ReferralAction.Relevel, result, now));
        }
        current = OnCorrectedGround(current, levelThen, result);
        if (open.GroundRemoved && (isRaisedNow || levelThen >= Level.Raised))
        {
            var restored = Step(Awake(current, now) with { GroundRemoved = false }, ReferralAction.RestoreGround);
            return new ReferralChange.GroundRestored(restored, Entry(restored, ReferralAction.RestoreGround, result, now));
        }
        if (result.School != open.School)
        {
            var moved = Step(Awake(current, now), ReferralAction.Move);
            return new ReferralChange.Moved(moved, Entry(moved, ReferralAction.Move, result, now));
        }
        if (IsUnchanged(open, current)) return ReferralChange.None.Instance;
        var updated = Step(current, ReferralAction.Update);
        return new ReferralChange.Updated(updated, Entry(updated, ReferralAction.Update, result, now));
    }

    /// <summary>Where a correction shows that the level was never so high on the day the referral stands on: later days that
    /// are Raised or above carry it from now on, or else that day carries it at its corrected level.</summary>
    private static Referral OnCorrectedGround(Referral referral, Level? levelThen, ScreeningResult result)
    {
        if (levelThen is not { } then || then >= referral.Level) return referral;
        if (result.IsRaised() && result.Level >= then) return referral with { Level = result.Level, RaisedOn = result.AsOf };
        return then >= Level.Raised ? referral with { Level = then } : referral;
    }

    /// <summary>There is news, so a rest ends.</summary>
    private static Referral Awake(Referral referral, DateTimeOffset now) => referral with { SnoozedUntil = null, NewsAt = now };

    private static bool IsUnchanged(Referral before, Referral after) =>
        before.Level == after.Level && before.CurrentLevel == after.CurrentLevel && before.Priority == after.Priority
        && before.RaisedOn == after.RaisedOn && ResultEvidence.IsSame(before.Evidence, after.Evidence);

    private static Referral Step(Referral referral, ReferralAction action) => referral with
    {
        State = ReferralStates.Next(referral.State, action) ?? throw new InvalidOperationException($"{action} is not a step from {referral.State}."),
        Revision = referral.Revision + 1,
    };

    private static ReferralEntry Entry(Referral after, ReferralAction action, ScreeningResult result, DateTimeOffset now) => new(
        after.Revision, now, result.AsOf, Actor.Screening, action, after.State, after.Level, after.School, null,
        [.. result.Triggers.Select(t => t.RuleId)]);
}
