using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>The starting rule set over ready indicators of 100,000 pupils: RulesEngine against the rule set of the domain.
/// Both sides use every core, in ranges of pupils.</summary>
public static class RulesBenchmark
{
    public static void Run(BenchmarkOptions options, Report report)
    {
        var shape = new DistrictShape(options.Quick ? 10_000 : 100_000);
        var what = string.Create(CultureInfo.InvariantCulture, $"rules over indicators, {shape.Pupils:N0} pupils");
        var pupils = CompiledScreening.Prepare(new SyntheticDistrict(shape).AllSchools(), SyntheticCalendar.Year.LastDay);
        var ours = Measure(options.Runs * 5, pupils.Pupils, pupil => BitOperations.PopCount(CompiledScreening.Fired(pupils, pupil)), out var fired);
        report.Add(what, "SchoolSignal", ours, note: Fired(fired));

        var facts = Enumerable.Range(0, pupils.Pupils).Select(pupil => CompiledScreening.Facts(pupils, pupil)).ToList();
        foreach (var tuned in (bool[])[false, true])
        {
            var engine = new RulesEngineScreening(tuned);
            var theirs = Measure(options.Runs, facts.Count, pupil => engine.Fired(facts[pupil].All, facts[pupil].Usual, ObservedFacts.None).Count, out var rival);
            if (rival != fired) throw new InvalidOperationException("The two sides fired different rules.");
            report.Add(what, tuned ? "RulesEngine, quickest settings" : "RulesEngine, default settings", theirs, note: Fired(rival));
            report.AddResult(what + (tuned ? ": RulesEngine at its quickest ÷ ours" : ": RulesEngine ÷ ours"), Report.Times(ours.TimesFasterThan(theirs)) + " (at least 100 ×)");
        }
    }

    private static Timing Measure(int runs, int pupils, Func<int, int> fired, out long total)
    {
        var sum = 0L;
        var ranges = Partitioner.Create(0, pupils, 4_096);
        void Run() => Parallel.ForEach(ranges, range =>
        {
            var here = 0L;
            for (var i = range.Item1; i < range.Item2; i++) here += fired(i);
            Interlocked.Add(ref sum, here);
        });
        Timing.WarmUp(Run);
        var timing = Timing.Of(runs, () => sum = 0, Run);
        total = sum;
        return timing;
    }

    private static string Fired(long fired) => string.Create(CultureInfo.InvariantCulture, $"{fired:N0} fired");
}
