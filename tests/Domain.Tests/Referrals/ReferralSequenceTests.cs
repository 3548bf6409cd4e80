using CsCheck;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class ReferralSequenceTests
{
    /// <summary>One thing that happens: a screening some days on, at a level, standing on days some days back, with what the
    /// ground check says; or, where it is given, a person's step.</summary>
    private sealed record Happening(int DaysOn, Level Level, int DaysBack, Level? Then, ReferralAction? Action, Verdict Verdict, bool IsNotScreened, bool IsAtRiverside);

    private static readonly ReferralAction[] PersonsActions =
        [.. Enum.GetValues<ReferralAction>().Where(a => a >= ReferralAction.Release)];

    private static readonly Gen<Happening> AnyHappening =
        Gen.Select(
            Gen.Int[-1, 5], Gen.Int[0, 3], Gen.Int[0, 30], Gen.Int[-1, 3],
            Gen.Int[0, 2 * PersonsActions.Length].Select(i => i < PersonsActions.Length ? PersonsActions[i] : (ReferralAction?)null),
            Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 9],
            (on, level, back, then, action, verdict, screened, school) => new Happening(
                on, (Level)level, back, then < 0 ? null : (Level)then, action, (Verdict)verdict, screened == 0, school == 0));

    [Fact]
    public void Decide_AnySequenceOfScreeningsAndSteps_KeepsThePromises() =>
        Gen.Select(AnyHappening.Array[1, 60], Gen.Bool).Sample((happenings, isCapped) =>
        {
            var capacity = isCapped ? Cap(3) : DistrictCapacity.Unlimited;
            var all = new List<Referral>();
            var history = new List<ReferralEntry>();
            var day = March(1);
            foreach (var happening in happenings)
            {
                day = day.AddDays(happening.DaysOn);
                var pupil = new PupilReferrals([.. all]);
                var before = pupil.Open;
                var change = happening.Action is { } action
                    ? Act(before, action, happening, day)
                    : Screen(pupil, happening, day, capacity);
                if (change is not ReferralChange.Made made) continue;

                Check(pupil, before, made, happening);
                history.Add(made.Entry);
                if (before is null) all.Add(made.After);
                else all[^1] = made.After;
                Assert.True(all.Count(r => r.IsOpen) <= 1);
                Assert.Equal(all.Sum(r => r.Revision), history.Count);
            }
        });

    private static void Check(PupilReferrals pupil, Referral? before, ReferralChange.Made made, Happening happening)
    {
        Assert.False(happening.IsNotScreened && happening.Action is null);
        Assert.Equal((before?.Revision ?? 0) + 1, made.After.Revision);
        Assert.Equal((made.After.Revision, made.After.State, made.After.Level), (made.Entry.Revision, made.Entry.State, made.Entry.Level));
        Assert.Equal(ReferralStates.Next(before?.State, made.Entry.Action), made.After.State);
        Assert.False(made.After.Waiting && (made.After.Level == Level.High || made.After.State != ReferralState.New));
        Assert.InRange(made.After.Level, Level.Raised, Level.High);
        if (made is ReferralChange.Opened && pupil.SettledThrough is { } settled)
            Assert.Contains(made.After.Evidence.Triggers.SelectMany(t => t.Dates), date => date > settled);
        if (before is null) return;
        Assert.Equal((before.Id, before.Number, before.OpenedOn), (made.After.Id, made.After.Number, made.After.OpenedOn));
        Assert.False(made is ReferralChange.Releveled && made.After.Level <= before.Level);
        Assert.False(made is ReferralChange.Retracted && before.State != ReferralState.New);
        if (!made.After.IsOpen) Assert.True(made is ReferralChange.Retracted || made.Entry.Action is ReferralAction.Close or ReferralAction.HandOver);
        Assert.Equal(made.After.Verdict == Verdict.HandedToSafeguarding, made.Entry.Action == ReferralAction.HandOver);
        Assert.False(made is ReferralChange.Releveled && made.After.SnoozedUntil is not null);
        Assert.False(!made.After.IsOpen && (made.After.NextStep is not null || made.After.SnoozedUntil is not null));
        Assert.False(made.Alerts && made.After.NewsAt != Now);
        Assert.False(made.After.School != before.School && made.After.AssignedTo is not null);
    }

    private static ReferralChange Screen(PupilReferrals pupil, Happening happening, DateOnly day, DistrictCapacity capacity)
    {
        var result = Screened(day, happening.Level, [day.AddDays(-happening.DaysBack)], school: happening.IsAtRiverside ? Riverside : Oakfield)
            with
        { NotScreenedBecause = happening.IsNotScreened ? NotScreenedReason.StaleFeed : null };
        var then = happening.Then is { } level && pupil.Open is { } open ? Screened(open.RaisedOn, level) : null;
        return ReferralDecision.Decide(pupil, result, then, capacity, ReferralId.New(), Now);
    }

    private static ReferralChange Act(Referral? open, ReferralAction action, Happening happening, DateOnly day) =>
        open is not null
        && ReferralActions.Take(open, StepOf(action, day, happening.Verdict), Counsellor, day, Now) is ReferralActionResult.Done(var made)
            ? made
            : ReferralChange.None.Instance;
}
