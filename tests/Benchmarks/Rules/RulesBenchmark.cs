using System.Globalization;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Indicators;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>The starting rule set over ready indicators of 100,000 pupils: RulesEngine against the rule set of the domain.</summary>
public static class RulesBenchmark
{
    public static void Run(BenchmarkOptions options, Report report)
    {
        var shape = new DistrictShape(options.Quick ? 10_000 : 100_000);
        var what = string.Create(CultureInfo.InvariantCulture, $"rules over indicators, {shape.Pupils:N0} pupils");
        var pupils = Facts(shape);
        foreach (var tuned in (bool[])[false, true])
        {
            var engine = new RulesEngineScreening(tuned);
            var fired = 0L;
            // Both sides use every core.
            var timing = Timing.Of(options.Runs, () => fired = 0, () => Parallel.ForEach(
                pupils, () => 0L, (pupil, _, sum) => sum + engine.Fired(pupil.All, pupil.Usual, ObservedFacts.None).Count, sum => Interlocked.Add(ref fired, sum)));
            report.Add(what, tuned ? "RulesEngine, quickest settings" : "RulesEngine, default settings", timing, note: string.Create(CultureInfo.InvariantCulture, $"{fired:N0} fired"));
        }
    }

    private static List<(AttendanceFacts All, AttendanceFacts Usual)> Facts(DistrictShape shape)
    {
        using var duckDb = new DuckDbDistrict();
        duckDb.Load(new SyntheticDistrict(shape).Schools());
        duckDb.ComputeIndicators(SyntheticCalendar.Year.LastDay);
        var all = duckDb.ReadIndicators();
        duckDb.ComputeIndicators(SyntheticCalendar.Year.LastDay, leaveExceptionalOut: true);
        var usual = duckDb.ReadIndicators();
        return [.. all.Zip(usual, (a, u) => (AttendanceFacts.From(a), AttendanceFacts.From(u)))];
    }
}
