using SchoolSignal.Domain.Referrals;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class ReferralActionsTests
{
    private static ReferralActionResult Take(Referral referral, ReferralAction action, Verdict? verdict = null) =>
        ReferralActions.Take(referral, action, verdict, Counsellor, March(20), Now);

    [Fact]
    public void Take_AcknowledgeStartClose_LeadsToClosedWithVerdict()
    {
        var acknowledged = Assert.IsType<ReferralActionResult.Done>(Take(OpenedOn(10), ReferralAction.Acknowledge)).Change;
        var started = Assert.IsType<ReferralActionResult.Done>(Take(acknowledged.After, ReferralAction.Start)).Change;
        var closed = Assert.IsType<ReferralActionResult.Done>(Take(started.After, ReferralAction.Close, Verdict.Supported)).Change;
        Assert.Equal((ReferralState.Closed, (Verdict?)Verdict.Supported, (DateOnly?)March(20), 4),
            (closed.After.State, closed.After.Verdict, closed.After.ClosedOn, closed.After.Revision));
        Assert.Equal((Counsellor, ReferralAction.Close, (Verdict?)Verdict.Supported), (closed.Entry.By, closed.Entry.Action, closed.Entry.Verdict));
    }

    [Theory]
    [MemberData(nameof(ReferralStatesTests.EveryPair), MemberType = typeof(ReferralStatesTests))]
    public void Take_EveryStateAndAction_DoesWhatTheTablePermitsToAPerson(ReferralState state, ReferralAction action)
    {
        var verdict = action == ReferralAction.Close ? Verdict.NotAConcern : (Verdict?)null;
        var isPersons = action is ReferralAction.Acknowledge or ReferralAction.Start or ReferralAction.Close or ReferralAction.Release;
        var taken = Take(OpenedOn(10, waiting: true) with { State = state }, action, verdict);
        if (isPersons && ReferralStates.Next(state, action) is { } next)
            Assert.Equal(next, Assert.IsType<ReferralActionResult.Done>(taken).Change.After.State);
        else
            Assert.Equal(new ReferralActionResult.NotPermitted(state, action), taken);
    }

    [Fact]
    public void Take_CloseWithoutVerdictOrAcknowledgeWithOne_AsksForIt()
    {
        Assert.Equal(new ReferralActionResult.VerdictExpected(true), Take(OpenedOn(10) with { State = ReferralState.InProgress }, ReferralAction.Close));
        Assert.Equal(new ReferralActionResult.VerdictExpected(false), Take(OpenedOn(10), ReferralAction.Acknowledge, Verdict.Supported));
    }

    [Fact]
    public void Take_ReleaseOfOneThatDoesNotWait_IsNotPermitted() =>
        Assert.IsType<ReferralActionResult.NotPermitted>(Take(OpenedOn(10), ReferralAction.Release));

    [Theory]
    [InlineData(ReferralAction.Release)]
    [InlineData(ReferralAction.Acknowledge)]
    public void Take_WaitingReleasedOrTakenOn_WaitsNoLonger(ReferralAction action) =>
        Assert.False(Assert.IsType<ReferralActionResult.Done>(Take(OpenedOn(10, waiting: true), action)).Change.After.Waiting);
}
