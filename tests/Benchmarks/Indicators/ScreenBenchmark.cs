using System.Diagnostics;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>All indicators of 100,000 pupils × 190 days: DuckDB's SQL against the register engine.</summary>
public static class ScreenBenchmark
{
    public static void Run(BenchmarkOptions options, Report report)
    {
        var shape = new DistrictShape(options.Quick ? 10_000 : 100_000);
        var what = $"screen {shape.Pupils:N0} pupils × {shape.Days} days";
        using var duckDb = new DuckDbDistrict();
        var start = Stopwatch.GetTimestamp();
        duckDb.Load(new SyntheticDistrict(shape).Schools());
        Console.Error.WriteLine($"DuckDB holds {duckDb.Count("day_row"):N0} day rows after {Report.Text(Stopwatch.GetElapsedTime(start))}");

        var asOf = SyntheticCalendar.Year.LastDay;
        var sql = Timing.Of(options.Runs, () => duckDb.ComputeIndicators(asOf));
        report.Add(what, "DuckDB SQL, indicators", sql, note: "in memory, from day rows");
        report.Add(what, "DuckDB SQL, indicators without exceptional sessions", Timing.Of(options.Runs, () => duckDb.ComputeIndicators(asOf, leaveExceptionalOut: true)), note: "the second pass the rules need");
    }
}
