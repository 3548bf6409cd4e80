using System.Globalization;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>Whether a pupil costs the same in a small district and in a large one.</summary>
public static class ScaleBenchmark
{
    public static void Run(BenchmarkOptions options, Report report)
    {
        int[] sizes = options.Quick ? [10_000, 30_000, 100_000] : [10_000, 30_000, 100_000, 300_000, 1_000_000];
        // The smaller districts are the first schools of the largest.
        var schools = new SyntheticDistrict(new DistrictShape(sizes[^1])).AllSchools();
        var points = new List<(int Pupils, TimeSpan Taken)>();
        foreach (var pupils in sizes)
        {
            var screening = new RegisterScreening(schools[..(pupils * schools.Length / sizes[^1])], SyntheticCalendar.Year.LastDay);
            if (points.Count == 0) Timing.WarmUp(screening.Run);
            // A small district takes milliseconds: more runs of it make up for the noise.
            var timing = Timing.Of(options.Runs * Math.Clamp(300_000 / pupils, 1, 10), screening.Run);
            points.Add((pupils, timing.Median));
            report.Add(
                string.Create(CultureInfo.InvariantCulture, $"screen {pupils:N0} pupils × 190 days from memory"), "SchoolSignal", timing,
                note: string.Create(CultureInfo.InvariantCulture, $"{timing.Median.TotalMicroseconds / pupils:F2} µs a pupil"));
        }

        report.AddResult("growth of screening with pupils", string.Create(CultureInfo.InvariantCulture, $"exponent {Exponent(points):F3} (at most 1.05)"));
    }

    /// <summary>The slope of the line of least squares through the logarithms.</summary>
    private static double Exponent(List<(int Pupils, TimeSpan Taken)> points)
    {
        var x = points.ConvertAll(p => Math.Log(p.Pupils));
        var y = points.ConvertAll(p => Math.Log(p.Taken.TotalSeconds));
        var (meanX, meanY) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
    }
}
