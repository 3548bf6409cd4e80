using SchoolSignal.Domain.Referrals;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class ReferralActionsTests
{
    private static readonly DateOnly Today = March(20);

    private static ReferralActionResult Take(Referral referral, CaseStep step, Actor? by = null) =>
        ReferralActions.Take(referral, step, by ?? Counsellor, Today, Now);

    private static ReferralChange.Made Taken(Referral referral, CaseStep step, Actor? by = null) =>
        Assert.IsType<ReferralActionResult.Done>(Take(referral, step, by)).Change;

    private static Referral Acknowledged() => OpenedOn(10) with { State = ReferralState.Acknowledged, AssignedTo = Counsellor };

    [Fact]
    public void Take_AcknowledgeStartClose_LeadsToClosedWithVerdict()
    {
        var acknowledged = Taken(OpenedOn(10), new CaseStep.Acknowledge());
        var started = Taken(acknowledged.After, new CaseStep.Start(null));
        var closed = Taken(started.After, new CaseStep.Close(Verdict.Supported, null));
        Assert.Equal((ReferralState.Closed, (Verdict?)Verdict.Supported, (DateOnly?)Today, 4),
            (closed.After.State, closed.After.Verdict, closed.After.ClosedOn, closed.After.Revision));
        Assert.Equal((Counsellor, ReferralAction.Close, (Verdict?)Verdict.Supported), (closed.Entry.By, closed.Entry.Action, closed.Entry.Verdict));
    }

    [Theory]
    [MemberData(nameof(ReferralStatesTests.EveryPair), MemberType = typeof(ReferralStatesTests))]
    public void Take_EveryStateAndAction_DoesWhatTheTablePermitsToAPerson(ReferralState state, ReferralAction action)
    {
        if (action < ReferralAction.Release) return; // screening's own
        var referral = OpenedOn(10, waiting: true) with
        {
            State = state,
            NextStep = new NextStep(NextStepKind.Review, Today, 2),
            SnoozedUntil = Today.AddDays(1),
        };
        var taken = Take(referral, StepOf(action, Today));
        if (ReferralStates.Next(state, action) is not { } next)
        {
            Assert.Equal(new ReferralActionResult.NotPermitted(state, action), taken);
            return;
        }
        var change = Assert.IsType<ReferralActionResult.Done>(taken).Change;
        Assert.Equal((next, referral.Revision + 1, action), (change.After.State, change.After.Revision, change.Entry.Action));
        Assert.Equal(StepOf(action, Today), change.Entry.Step);
    }

    [Fact]
    public void Take_CloseWithTheVerdictThatHandingOverGives_IsNotPermitted() =>
        Assert.IsType<ReferralActionResult.NotPermitted>(Take(Acknowledged(), new CaseStep.Close(Verdict.HandedToSafeguarding, null)));

    [Theory]
    [InlineData(ReferralState.New)]
    [InlineData(ReferralState.Acknowledged)]
    [InlineData(ReferralState.InProgress)]
    public void Take_HandOver_ClosesWithItsVerdict(ReferralState state)
    {
        var closed = Taken(OpenedOn(10) with { State = state }, new CaseStep.HandOver(Text("Please take this over."))).After;
        Assert.Equal((ReferralState.Closed, (Verdict?)Verdict.HandedToSafeguarding, (DateOnly?)Today), (closed.State, closed.Verdict, closed.ClosedOn));
    }

    [Fact]
    public void Take_AcknowledgeOfOneGivenToSomebodyElse_LeavesItTheirs()
    {
        Assert.Equal(Counsellor, Taken(OpenedOn(10), new CaseStep.Acknowledge()).After.AssignedTo);
        Assert.Equal(Colleague, Taken(OpenedOn(10) with { AssignedTo = Colleague }, new CaseStep.Acknowledge()).After.AssignedTo);
    }

    [Fact]
    public void Take_AssignToAColleague_AlertsButToOneselfDoesNot()
    {
        var given = Taken(Acknowledged(), new CaseStep.Assign(Colleague));
        Assert.Equal((Colleague, true, Now), (given.After.AssignedTo!.Value, given.Alerts, given.After.NewsAt!.Value));
        var taken = Taken(given.After, new CaseStep.Assign(Counsellor));
        Assert.Equal((Counsellor, false), (taken.After.AssignedTo!.Value, taken.Alerts));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(-366, true)]
    [InlineData(-367, false)]
    public void Take_ContactOnADay_IsTakenFromAYearBackToToday(int days, bool isTaken) =>
        AssertDay(isTaken, new CaseStep.LogContact(ContactKind.Pupil, Today.AddDays(days), ContactOutcome.Talked, null, true));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(366, true)]
    [InlineData(367, false)]
    public void Take_NextStepDueOnADay_IsTakenFromTodayToAYearAhead(int days, bool isTaken) =>
        AssertDay(isTaken, new CaseStep.PlanNext(NextStepKind.Review, Today.AddDays(days), null));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(92, true)]
    [InlineData(93, false)]
    public void Take_SnoozeUntilADay_IsTakenFromTomorrowToAQuarterAhead(int days, bool isTaken) =>
        AssertDay(isTaken, new CaseStep.Snooze(Today.AddDays(days), Text("Away on the school trip.")));

    private static void AssertDay(bool isTaken, CaseStep step)
    {
        var taken = Take(Acknowledged(), step);
        if (isTaken) Assert.IsType<ReferralActionResult.Done>(taken);
        else Assert.IsType<ReferralActionResult.DayRefused>(taken);
    }

    [Fact]
    public void Take_Snooze_RestsUntilItsDayAndThenIsDue()
    {
        var snoozed = Taken(Acknowledged(), new CaseStep.Snooze(March(30), Text("Away on the school trip."))).After;
        Assert.Equal((true, false), (snoozed.IsSnoozedOn(March(29)), snoozed.IsDueOn(March(29))));
        Assert.Equal((false, true), (snoozed.IsSnoozedOn(March(30)), snoozed.IsDueOn(March(30))));
        var noted = ReferralActions.Take(snoozed, new CaseStep.AddNote(Text("Back in class."), true), Counsellor, March(30), Now);
        Assert.False(Assert.IsType<ReferralActionResult.Done>(noted).Change.After.IsDueOn(March(30)));
        Assert.Equal(March(30), Taken(snoozed, new CaseStep.AddNote(Text("Heard from the trip."), true)).After.SnoozedUntil);
    }

    [Fact]
    public void Take_WakeOfOneThatDoesNotRest_IsNotPermitted()
    {
        Assert.IsType<ReferralActionResult.NotPermitted>(Take(Acknowledged(), new CaseStep.Wake()));
        Assert.IsType<ReferralActionResult.NotPermitted>(Take(Acknowledged() with { SnoozedUntil = Today }, new CaseStep.Wake()));
        Assert.Null(Taken(Acknowledged() with { SnoozedUntil = Today.AddDays(1) }, new CaseStep.Wake()).After.SnoozedUntil);
    }

    [Fact]
    public void Take_PlanNext_IsDueOnItsDayAndDoneWhenFinished()
    {
        var planned = Taken(Acknowledged(), new CaseStep.PlanNext(NextStepKind.MeetFamily, March(25), Text("With her father."))).After;
        Assert.Equal(new NextStep(NextStepKind.MeetFamily, March(25), planned.Revision), planned.NextStep);
        Assert.Equal((false, true), (planned.IsDueOn(March(24)), planned.IsDueOn(March(25))));
        Assert.Null(Taken(planned, new CaseStep.FinishNext()).After.NextStep);
        Assert.IsType<ReferralActionResult.NotPermitted>(Take(Acknowledged(), new CaseStep.FinishNext()));
    }

    [Fact]
    public void Take_Close_LeavesNothingDue()
    {
        var referral = Acknowledged() with { NextStep = new NextStep(NextStepKind.Review, Today, 2), SnoozedUntil = Today.AddDays(3) };
        var closed = Taken(referral, new CaseStep.Close(Verdict.AlreadyKnown, null)).After;
        Assert.Equal((null, null, false), (closed.NextStep, closed.SnoozedUntil, closed.IsDueOn(March(31))));
    }

    [Fact]
    public void Take_ReleaseOfOneThatDoesNotWait_IsNotPermitted() =>
        Assert.IsType<ReferralActionResult.NotPermitted>(Take(OpenedOn(10), new CaseStep.Release()));

    [Theory]
    [InlineData(ReferralAction.Release)]
    [InlineData(ReferralAction.Acknowledge)]
    [InlineData(ReferralAction.Assign)]
    public void Take_WaitingReleasedOrTakenOn_WaitsNoLonger(ReferralAction action) =>
        Assert.False(Taken(OpenedOn(10, waiting: true), StepOf(action, Today)).After.Waiting);

    [Theory]
    [InlineData("", false)]
    [InlineData(" \r\n\t ", false)]
    [InlineData("<b>x</b>", true)]
    public void TryParse_Text_NeedsSomethingToRead(string typed, bool isText) => Assert.Equal(isText, CaseText.TryParse(typed, out _));

    [Fact]
    public void TryParse_Text_KeepsWhatWasTyped()
    {
        Assert.Equal("a\n\tb <script> 日本語 😀 שלום", Text("  a\r\n\tb\u0000 <script> 日本語 😀 שלום\u001b ").Value);
        Assert.True(CaseText.TryParse(new string('x', CaseText.MaxLength), out _));
        Assert.False(CaseText.TryParse(new string('x', CaseText.MaxLength + 1), out _));
    }
}
