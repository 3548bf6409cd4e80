using SchoolSignal.Benchmarks.Peak;

namespace SchoolSignal.Benchmarks.Tests;

/// <summary>The morning's simulation against what queueing says without one.</summary>
public sealed class PeakSimulationTests
{
    /// <summary>Four messages of half a second each, a tenth of it processor: five at once keep an instance busy.</summary>
    private static readonly RegisterWork Work = new(4, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(1.6), 100);

    private static readonly Platform One = new(16, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), 1, 1, int.MaxValue);

    [Fact]
    public void Run_OneRegister_TakesItsWorkAndNoMore()
    {
        var morning = PeakSimulation.Run([0], Work, One);
        Assert.InRange(morning.Median.TotalSeconds, 2.0, 2.5);
        Assert.Equal(1, morning.Instances);
    }

    /// <summary>A hundred registers are forty seconds of one processor.</summary>
    [Fact]
    public void Run_ManyAtOnceOnOneInstance_TakesTheProcessorsTime()
    {
        var morning = PeakSimulation.Run(new double[100], Work, One);
        Assert.InRange(morning.Longest.TotalSeconds, 40, 50);
        Assert.InRange(morning.Backlog, 90, 100);
    }

    [Fact]
    public void Run_MoreInstances_AreNeverSlower()
    {
        var last = TimeSpan.MaxValue;
        foreach (var most in (int[])[1, 2, 5, 20])
        {
            var morning = PeakSimulation.Run(new double[200], Work, One with { Most = most });
            Assert.True(morning.Longest <= last);
            Assert.InRange(morning.Instances, 1, most);
            last = morning.Longest;
        }
    }

    /// <summary>A hundred registers of a hundred requests at a thousand a second are ten seconds, however many instances there are.</summary>
    [Fact]
    public void Run_StorageAnswersSoManyASecond_NoFaster()
    {
        var morning = PeakSimulation.Run(new double[100], Work, One with { Most = 100, AlwaysReady = 100, StorageRate = 1_000 });
        Assert.InRange(morning.Longest.TotalSeconds, 10, 13);
        Assert.InRange(morning.StorageRequests, 800, 1_000);
    }

    [Fact]
    public void NineToHalfPast_Registers_ComeWithinTheHalfHourMostlyInItsMiddle()
    {
        var arrivals = PeakSimulation.NineToHalfPast(10_000, seed: 3);
        Assert.InRange(arrivals[0], 0, 60);
        Assert.InRange(arrivals[^1], 1_740, 1_800);
        Assert.InRange(arrivals.Count(at => at is >= 600 and < 1_200), 5_300, 5_800);
    }
}
