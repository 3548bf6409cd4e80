using System.Globalization;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>All indicators of 100,000 pupils × 190 days: DuckDB's SQL against the register engine.</summary>
public static class ScreenBenchmark
{
    public static void Run(BenchmarkOptions options, Report report)
    {
        var shape = new DistrictShape(options.Quick ? 10_000 : 100_000);
        var what = string.Create(CultureInfo.InvariantCulture, $"screen {shape.Pupils:N0} pupils × {shape.Days} days");
        var asOf = SyntheticCalendar.Year.LastDay;
        var schools = new SyntheticDistrict(shape).AllSchools();

        var keeping = new RegisterScreening(schools, asOf).KeepingValues();
        Timing.WarmUp(keeping.Run);
        var ours = Timing.Of(options.Runs * 3, keeping.Run);
        report.Add(what, "SchoolSignal, every indicator kept, rules and levels", ours, note: "from memory, both passes");
        var outcomesOnly = new RegisterScreening(schools, asOf);
        report.Add(what, "SchoolSignal, outcomes only", Timing.Of(options.Runs * 3, outcomesOnly.Run), note: "as the nightly sweep runs");

        using var duckDb = new DuckDbDistrict();
        duckDb.Load(schools);
        var sql = Timing.Of(options.Runs, () => duckDb.ComputeIndicators(asOf));
        report.Add(what, "DuckDB SQL, every indicator", sql, note: string.Create(CultureInfo.InvariantCulture, $"in memory, {duckDb.Count("day_row"):N0} day rows, no rules"));
        var second = Timing.Of(options.Runs, () => duckDb.ComputeIndicators(asOf, leaveExceptionalOut: true));
        report.Add(what, "DuckDB SQL, without exceptional sessions", second, note: "the second pass the rules need");
        report.AddResult(what, $"{Report.Times(ours.TimesFasterThan(sql))} faster than one pass of DuckDB (at least 50 ×)");
    }
}
