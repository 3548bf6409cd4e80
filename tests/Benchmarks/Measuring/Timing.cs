using System.Diagnostics;

namespace SchoolSignal.Benchmarks.Measuring;

/// <summary>How long something took over several runs.</summary>
public sealed record Timing(TimeSpan Median, TimeSpan Fastest, TimeSpan Slowest, int Runs)
{
    /// <summary>Runs once to warm up, then <paramref name="runs"/> times. The garbage of the run before is collected outside the watch.</summary>
    /// <param name="prepare">Runs before every run, outside the watch.</param>
    public static Timing Of(int runs, Action prepare, Action run)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        prepare();
        run();
        var taken = new TimeSpan[runs];
        for (var i = 0; i < runs; i++)
        {
            prepare();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var start = Stopwatch.GetTimestamp();
            run();
            taken[i] = Stopwatch.GetElapsedTime(start);
        }

        return From(taken);
    }

    /// <summary>Runs for two seconds, so that the just-in-time compiler has settled before short runs are timed.</summary>
    public static void WarmUp(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2)) run();
    }

    /// <summary>From times measured elsewhere; at least one.</summary>
    public static Timing From(IEnumerable<TimeSpan> taken)
    {
        TimeSpan[] sorted = [.. taken.Order()];
        return new Timing(sorted[sorted.Length / 2], sorted[0], sorted[^1], sorted.Length);
    }

    public static Timing Of(int runs, Action run) => Of(runs, () => { }, run);

    /// <summary>How many times longer <paramref name="other"/> took.</summary>
    public double TimesFasterThan(Timing other) => other.Median / Median;
}
