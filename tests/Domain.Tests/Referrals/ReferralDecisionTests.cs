using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class ReferralDecisionTests
{
    private static ReferralChange Decide(PupilReferrals pupil, ScreeningResult result, ScreeningResult? asOfRaised = null, DistrictCapacity? capacity = null) =>
        ReferralDecision.Decide(pupil, result, asOfRaised, capacity ?? DistrictCapacity.Unlimited, ReferralId.New(), Now);

    [Theory]
    [InlineData(Level.None, false)]
    [InlineData(Level.Watch, false)]
    [InlineData(Level.Raised, true)]
    [InlineData(Level.High, true)]
    public void Decide_NoReferralYet_OpensFromRaisedOn(Level level, bool isOpened)
    {
        var change = Decide(PupilReferrals.None, Screened(10, level));
        if (!isOpened)
        {
            Assert.IsType<ReferralChange.None>(change);
            return;
        }
        var opened = Assert.IsType<ReferralChange.Opened>(change);
        Assert.Equal((ReferralState.New, level, 1, 1), (opened.After.State, opened.After.Level, opened.After.Number, opened.After.Revision));
        Assert.Equal((March(10), March(10)), (opened.After.OpenedOn, opened.After.RaisedOn));
        Assert.Equal((ReferralAction.Open, Actor.Screening, Now), (opened.Entry.Action, opened.Entry.By, opened.Entry.At));
        Assert.True(opened.Alerts);
    }

    [Theory]
    [InlineData(NotScreenedReason.OptedOut)]
    [InlineData(NotScreenedReason.NoLegalBasis)]
    [InlineData(NotScreenedReason.StaleFeed)]
    [InlineData(NotScreenedReason.FeedPaused)]
    public void Decide_NotScreened_ChangesNothing(NotScreenedReason reason)
    {
        var result = Screened(12, Level.None) with { NotScreenedBecause = reason };
        Assert.IsType<ReferralChange.None>(Decide(Only(OpenedOn(10)), result, Screened(10, Level.None)));
        Assert.IsType<ReferralChange.None>(Decide(PupilReferrals.None, Screened(12, Level.High) with { NotScreenedBecause = reason }));
    }

    [Fact]
    public void Decide_AsOfADayBeforeWhatIsKnown_ChangesNothing() =>
        Assert.IsType<ReferralChange.None>(Decide(Only(OpenedOn(10)), Screened(9, Level.High), Screened(10, Level.None)));

    [Fact]
    public void Decide_SameRulesOnSameDays_ChangesNothing()
    {
        var open = OpenedOn(10);
        Assert.IsType<ReferralChange.None>(Decide(Only(open), Screened(11, Level.Raised, 9, 10), Screened(10, Level.Raised)));
    }

    [Fact]
    public void Decide_NewDayBehindARule_UpdatesWithoutAlert()
    {
        var updated = Assert.IsType<ReferralChange.Updated>(Decide(Only(OpenedOn(10)), Screened(11, Level.Raised, 9, 10, 11), Screened(10, Level.Raised)));
        Assert.Equal((2, March(10), March(11)), (updated.After.Revision, updated.After.RaisedOn, updated.After.CurrentAsOf));
        Assert.False(updated.Alerts);
    }

    [Theory]
    [InlineData(ReferralState.New)]
    [InlineData(ReferralState.Acknowledged)]
    [InlineData(ReferralState.InProgress)]
    public void Decide_WorseLevel_AlertsAgainInEveryOpenState(ReferralState state)
    {
        var open = OpenedOn(10) with { State = state };
        var worse = Assert.IsType<ReferralChange.Releveled>(Decide(Only(open), Screened(13, Level.High), Screened(10, Level.Raised)));
        Assert.True(worse.Alerts);
        Assert.Equal((state, Level.High, March(13), March(10)), (worse.After.State, worse.After.Level, worse.After.RaisedOn, worse.After.OpenedOn));
    }

    [Theory]
    [InlineData(Level.Raised)]
    [InlineData(Level.Watch)]
    [InlineData(Level.None)]
    public void Decide_LevelFallsThoughTheGroundStands_StaysOpenAtItsLevel(Level now)
    {
        var updated = Assert.IsType<ReferralChange.Updated>(Decide(Only(OpenedOn(10, Level.High)), Screened(20, now), Screened(10, Level.High)));
        Assert.Equal((Level.High, now), (updated.After.Level, updated.After.CurrentLevel));
        Assert.Equal(now < Level.Raised, updated.After.HasEased);
        Assert.Equal(now < Level.Raised ? March(10) : March(20), updated.After.Evidence.AsOf);
    }

    [Fact]
    public void Decide_BackAtTheLevelItWasAlertedAt_DoesNotAlertAgain()
    {
        var eased = ((ReferralChange.Made)Decide(Only(OpenedOn(10, Level.High)), Screened(20, Level.Watch), Screened(10, Level.High))).After;
        Assert.IsType<ReferralChange.Updated>(Decide(Only(eased), Screened(24, Level.High), Screened(10, Level.High)));
    }

    [Theory]
    [InlineData(Level.None)]
    [InlineData(Level.Watch)]
    public void Decide_GroundRemovedFromNew_Retracts(Level then)
    {
        var retracted = Assert.IsType<ReferralChange.Retracted>(Decide(Only(OpenedOn(10)), Screened(12, Level.Watch), Screened(10, then)));
        Assert.Equal((ReferralState.Retracted, (DateOnly?)March(12), false), (retracted.After.State, retracted.After.ClosedOn, retracted.After.IsOpen));
        Assert.Equal(ReferralAction.RemoveGround, retracted.Entry.Action);
        Assert.False(retracted.Alerts);
    }

    [Theory]
    [InlineData(ReferralState.Acknowledged)]
    [InlineData(ReferralState.InProgress)]
    public void Decide_GroundRemovedLater_ShowsItAndLeavesTheState(ReferralState state)
    {
        var open = OpenedOn(10) with { State = state };
        var removed = Assert.IsType<ReferralChange.GroundRemoved>(Decide(Only(open), Screened(12, Level.None), Screened(10, Level.None)));
        Assert.Equal((state, true, true), (removed.After.State, removed.After.GroundRemoved, removed.After.IsOpen));

        Assert.IsType<ReferralChange.None>(Decide(Only(removed.After), Screened(13, Level.None), Screened(10, Level.None)));
        var restored = Assert.IsType<ReferralChange.GroundRestored>(Decide(Only(removed.After), Screened(13, Level.None), Screened(10, Level.Raised)));
        Assert.Equal((state, false), (restored.After.State, restored.After.GroundRemoved));
        Assert.True(restored.Alerts);
    }

    [Fact]
    public void Decide_SameDayScreenedAgainBelowRaised_IsItsOwnGroundCheck() =>
        Assert.IsType<ReferralChange.Retracted>(Decide(Only(OpenedOn(10)), Screened(10, Level.Watch)));

    [Fact]
    public void Decide_GroundCheckCannotBeMade_KeepsTheReferral()
    {
        Assert.IsType<ReferralChange.Updated>(Decide(Only(OpenedOn(10)), Screened(12, Level.None), null));
        Assert.IsType<ReferralChange.Updated>(
            Decide(Only(OpenedOn(10)), Screened(12, Level.None), Screened(10, Level.None) with { NotScreenedBecause = NotScreenedReason.StaleFeed }));
    }

    [Fact]
    public void Decide_GroundRemovedButLaterDaysAreRaised_StandsOnThoseDays()
    {
        var updated = Assert.IsType<ReferralChange.Updated>(Decide(Only(OpenedOn(10)), Screened(16, Level.Raised), Screened(10, Level.None)));
        Assert.Equal(March(16), updated.After.RaisedOn);
        Assert.IsType<ReferralChange.Updated>(Decide(Only(updated.After), Screened(20, Level.None), Screened(16, Level.Raised)));
        Assert.IsType<ReferralChange.Retracted>(Decide(Only(updated.After), Screened(20, Level.None), Screened(16, Level.Watch)));
    }

    [Fact]
    public void Decide_CorrectionShowsItWasNeverHigh_LowersTheLevelSoThatHighAlertsAgain()
    {
        var lowered = Assert.IsType<ReferralChange.Updated>(Decide(Only(OpenedOn(10, Level.High)), Screened(12, Level.Watch), Screened(10, Level.Raised)));
        Assert.Equal((Level.Raised, March(10)), (lowered.After.Level, lowered.After.RaisedOn));
        Assert.IsType<ReferralChange.Releveled>(Decide(Only(lowered.After), Screened(13, Level.High), Screened(10, Level.Raised)));
    }

    [Fact]
    public void Decide_PupilChangedSchool_MovesAndAlertsTheNewSchool()
    {
        var moved = Assert.IsType<ReferralChange.Moved>(
            Decide(Only(OpenedOn(10)), Screened(March(11), Level.Raised, school: Riverside), Screened(10, Level.Raised)));
        Assert.Equal(Riverside, moved.After.School);
        Assert.True(moved.Alerts);
    }

    [Theory]
    [InlineData(Verdict.Supported)]
    [InlineData(Verdict.AlreadyKnown)]
    [InlineData(Verdict.NotAConcern)]
    [InlineData(Verdict.Transferred)]
    [InlineData(Verdict.HandedToSafeguarding)]
    public void Decide_AfterClosing_OnlyLaterDatesReopen(Verdict verdict)
    {
        var closed = Only(OpenedOn(10) with { State = ReferralState.Closed, Verdict = verdict, ClosedOn = March(17) });
        Assert.IsType<ReferralChange.None>(Decide(closed, Screened(20, Level.High, 9, 10, 17)));
        var opened = Assert.IsType<ReferralChange.Opened>(Decide(closed, Screened(20, Level.Raised, 9, 10, 18)));
        Assert.Equal(2, opened.After.Number);
    }

    [Fact]
    public void Decide_AfterDataError_SameDatesMayReopen() =>
        Assert.IsType<ReferralChange.Opened>(Decide(
            Only(OpenedOn(10) with { State = ReferralState.Closed, Verdict = Verdict.DataError, ClosedOn = March(17) }), Screened(17, Level.Raised, 9, 10)));

    [Fact]
    public void Decide_AfterRetracted_SameDatesMayReopen() =>
        Assert.IsType<ReferralChange.Opened>(Decide(
            Only(OpenedOn(10) with { State = ReferralState.Retracted, ClosedOn = March(12) }), Screened(12, Level.Raised, 9, 10)));

    [Fact]
    public void Decide_RetractedAfterAnEarlierClosing_DatesBeforeTheClosingStaySettled()
    {
        var first = OpenedOn(3) with { State = ReferralState.Closed, Verdict = Verdict.Supported, ClosedOn = March(6) };
        var second = OpenedOn(10) with { Number = 2, State = ReferralState.Retracted, ClosedOn = March(12) };
        Assert.IsType<ReferralChange.None>(Decide(Only(first, second), Screened(13, Level.Raised, 4, 5, 6)));
        Assert.IsType<ReferralChange.Opened>(Decide(Only(first, second), Screened(13, Level.Raised, 4, 5, 7)));
    }

    [Theory]
    [InlineData(Level.Raised, true)]
    [InlineData(Level.High, false)]
    public void Decide_WeeklyCapSet_OnlyRoutineWaits(Level level, bool waits)
    {
        var opened = Assert.IsType<ReferralChange.Opened>(Decide(PupilReferrals.None, Screened(10, level), capacity: Cap(5)));
        Assert.Equal(waits, opened.After.Waiting);
        Assert.Equal(!waits, opened.Alerts);
    }

    [Fact]
    public void Decide_WaitingBecomesHigh_WaitsNoLonger()
    {
        var worse = Assert.IsType<ReferralChange.Releveled>(
            Decide(Only(OpenedOn(10, waiting: true)), Screened(11, Level.High), Screened(10, Level.Raised), Cap(0)));
        Assert.False(worse.After.Waiting);
    }

    [Fact]
    public void Decide_WaitingLosesItsGround_IsRetracted()
    {
        var retracted = Assert.IsType<ReferralChange.Retracted>(
            Decide(Only(OpenedOn(10, waiting: true)), Screened(11, Level.None), Screened(10, Level.None), Cap(0)));
        Assert.False(retracted.After.Waiting);
    }
}
