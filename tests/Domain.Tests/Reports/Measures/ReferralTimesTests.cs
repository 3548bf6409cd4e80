using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Domain.Tests.Referrals;

namespace SchoolSignal.Domain.Tests.Reports.Measures;

/// <summary>What a report counts of referrals, on the district's clock.</summary>
public sealed class ReferralTimesTests
{
    private static readonly DistrictProfile Tokyo = new(null, null, "Asia/Tokyo");

    [Fact]
    public void Of_LateEveningInUtc_CountsOnTheDistrictsNextDay()
    {
        var history = History((ReferralAction.Open, ReferralState.New, At(1, 16), null));
        Assert.Equal(Cast.March(1), ReferralTimes.Of(history, DistrictProfile.None).Single().Day);
        Assert.Equal(Cast.March(2), ReferralTimes.Of(history, Tokyo).Single().Day);
    }

    [Fact]
    public void Of_WholeCase_GivesEachMomentOnceAndCountsFromOpening()
    {
        var history = History(
            (ReferralAction.Open, ReferralState.New, At(2), null),
            (ReferralAction.Acknowledge, ReferralState.Acknowledged, At(4), null),
            (ReferralAction.LogContact, ReferralState.Acknowledged, At(5), Contact(ContactKind.Colleague, 5)),
            (ReferralAction.LogContact, ReferralState.Acknowledged, At(9), Contact(ContactKind.FamilyByPhone, 6)),
            (ReferralAction.LogContact, ReferralState.InProgress, At(10), Contact(ContactKind.Pupil, 10)),
            (ReferralAction.Close, ReferralState.Closed, At(16), null));
        var times = ReferralTimes.Of(history, DistrictProfile.None).ToList();
        Assert.Equal([ReferralMoment.Opened, ReferralMoment.Acknowledged, ReferralMoment.Contacted, ReferralMoment.Closed], times.Select(t => t.Moment));
        Assert.Equal((Cast.March(2), Cast.March(4)), (times[1].Since, times[1].Until));
        // Counted on the day it was logged, timed to the day of the contact.
        Assert.Equal((Cast.March(9), Cast.March(6)), (times[2].Day, times[2].Until));
        Assert.Equal(Verdict.Supported, times[3].Verdict);
    }

    [Fact]
    public void Of_HeldBackByTheCap_CountsFromItsTurn()
    {
        var history = History(
            (ReferralAction.Open, ReferralState.New, At(2), null),
            (ReferralAction.Release, ReferralState.New, At(9), null),
            (ReferralAction.Acknowledge, ReferralState.Acknowledged, At(10), null));
        Assert.Equal(Cast.March(9), ReferralTimes.Of(history, DistrictProfile.None).Last().Since);
    }

    [Fact]
    public void Of_HandedStraightToSafeguarding_IsAcknowledgedAndClosed()
    {
        var history = History(
            (ReferralAction.Open, ReferralState.New, At(2), null),
            (ReferralAction.HandOver, ReferralState.Closed, At(3), null));
        Assert.Equal(
            [ReferralMoment.Opened, ReferralMoment.Acknowledged, ReferralMoment.Closed], ReferralTimes.Of(history, DistrictProfile.None).Select(t => t.Moment));
    }

    [Fact]
    public void Of_Retracted_OnlyOpened()
    {
        var history = History(
            (ReferralAction.Open, ReferralState.New, At(2), null),
            (ReferralAction.RemoveGround, ReferralState.Retracted, At(3), null));
        Assert.Equal(ReferralMoment.Opened, Assert.Single(ReferralTimes.Of(history, DistrictProfile.None)).Moment);
    }

    [Theory]
    [InlineData(2, 2, 0)]    // the same day
    [InlineData(2, 3, 1)]    // Monday to Tuesday
    [InlineData(6, 9, 1)]    // over a weekend
    [InlineData(4, 3, 0)]    // the contact had been before
    public void Tally_Times_AreSchoolDays(int since, int until, int expected)
    {
        var days = new SchoolDays([.. Enumerable.Range(2, 28).Select(Cast.March).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))]);
        var tally = new ReferralTally(days);
        tally.Add(new ReferralTime(ReferralMoment.Acknowledged, Cast.March(until), Cast.Oakfield, Since: Cast.March(since), Until: Cast.March(until)));
        Assert.Equal(1, tally.Counts.AcknowledgedAfter[expected]);
    }

    [Fact]
    public void Tally_VeryLongWait_StandsInTheLastPlace()
    {
        var days = new SchoolDays(Enumerable.Range(0, 200).Select(Cast.March(1).AddDays));
        var tally = new ReferralTally(days);
        tally.Add(new ReferralTime(ReferralMoment.Contacted, Cast.March(30), Cast.Oakfield, Since: Cast.March(1), Until: Cast.March(1).AddDays(ReferralCounts.MostDays)));
        tally.Add(new ReferralTime(ReferralMoment.Contacted, Cast.March(30), Cast.Oakfield, Since: Cast.March(1), Until: Cast.March(1).AddDays(199)));
        Assert.Equal(2, tally.Counts.ContactedAfter[ReferralCounts.MostDays]);
    }

    [Theory]
    [InlineData(new[] { 0, 0, 3 }, 3, 2)]
    [InlineData(new[] { 1, 0, 1 }, 2, 1)]
    [InlineData(new[] { 1, 1 }, 2, 0.5)]
    [InlineData(new[] { 5, 4 }, 9, 0)]
    public void Median_OfCounts_IsTheMiddle(int[] counts, int count, double median) =>
        Assert.Equal((count, (decimal?)(decimal)median), MedianDays.Of(counts));

    [Fact]
    public void Median_OfNone_IsNone() => Assert.Equal((0, null), MedianDays.Of([]));

    private static DateTimeOffset At(int day, int hour = 9) => new(2026, 3, day, hour, 0, 0, TimeSpan.Zero);

    private static CaseStep.LogContact Contact(ContactKind with, int day) => new(with, Cast.March(day), ContactOutcome.Talked, null, true);

    private static List<ReferralEntry> History(params (ReferralAction Action, ReferralState State, DateTimeOffset At, CaseStep? Step)[] lines) =>
    [
        .. lines.Select((line, i) => new ReferralEntry(
            i + 1, line.At, DateOnly.FromDateTime(line.At.Date), Cast.Counsellor, line.Action, line.State, Level.Raised, Cast.Oakfield,
            line.State == ReferralState.Closed ? Verdict.Supported : null, [])
        {
            Step = line.Step,
        }),
    ];
}
