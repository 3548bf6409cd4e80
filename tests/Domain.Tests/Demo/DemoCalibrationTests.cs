using SchoolSignal.Domain.Demo;

namespace SchoolSignal.Domain.Tests.Demo;

/// <summary>Holds the demo to the calibration facts (evidence.md §7).</summary>
public sealed class DemoCalibrationTests(DemoCalibrationTests.Facts known) : IClassFixture<DemoCalibrationTests.Facts>
{
    /// <summary>Counted once for each seed, over a district three times the demo's, so that chance blurs the figures less.</summary>
    public sealed class Facts
    {
        private readonly Dictionary<long, DemoStatistics> bySeed = [];

        internal DemoStatistics Of(long seed)
        {
            if (!bySeed.TryGetValue(seed, out var facts))
                bySeed[seed] = facts = new DemoStatistics(DemoDistrict.Create(new DemoOptions { Students = 9_000, Seed = seed }));
            return facts;
        }
    }

    [Theory]
    [InlineData(DemoOptions.DefaultSeed)]
    [InlineData(7)]
    public void Create_AnySeed_LevelsAreThoseOfEngland(long seed)
    {
        var facts = known.Of(seed);
        Assert.InRange(facts.AbsenceRate, 0.063, 0.072);
        Assert.InRange(facts.ShareMissing(0.10), 0.15, 0.205);
        Assert.InRange(facts.ShareMissing(0.50), 0.01, 0.025);
        Assert.InRange(facts.IllnessShare, 0.42, 0.52);
        Assert.InRange(facts.UnauthorisedShare, 0.29, 0.39);
        Assert.InRange(facts.LateRate, 0.007, 0.016);
        Assert.InRange(facts.DispersionK, 0.7, 1.2);
    }

    [Theory]
    [InlineData(DemoOptions.DefaultSeed)]
    [InlineData(7)]
    public void Create_AnySeed_SpellsAreMostlyOneDay(long seed)
    {
        var facts = known.Of(seed);
        Assert.InRange(facts.OneDaySpellShare, 0.55, 0.65);
        Assert.InRange(facts.MeanSpellDays, 1.6, 2.0);
    }

    [Theory]
    [InlineData(DemoOptions.DefaultSeed)]
    [InlineData(7)]
    public void Create_AnySeed_FollowsWeekAndSeason(long seed)
    {
        var facts = known.Of(seed);
        Assert.InRange(facts.MondayAndFridayShare, 0.42, 0.445);
        var september = facts.RateOn(date => date.Month == 9);
        var december = facts.RateOn(date => date.Month == 12);
        Assert.InRange(december / september, 1.5, 2.1);
        var beforeHalfTerm = facts.RateOn(date => date >= new DateOnly(2026, 2, 9) && date <= new DateOnly(2026, 2, 13));
        var weekEarlier = facts.RateOn(date => date >= new DateOnly(2026, 2, 2) && date <= new DateOnly(2026, 2, 6));
        Assert.InRange(beforeHalfTerm - weekEarlier, 0.002, 0.025);
    }

    [Fact]
    public void Create_DefaultDemo_IsAsTheLargerDistrict()
    {
        var facts = new DemoStatistics(DemoDistrict.Create(new DemoOptions()));
        Assert.InRange(facts.AbsenceRate, 0.06, 0.075);
        Assert.InRange(facts.ShareMissing(0.10), 0.15, 0.21);
    }
}
