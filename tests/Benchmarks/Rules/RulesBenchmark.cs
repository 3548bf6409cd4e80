using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>The starting rule set over ready indicators of 100,000 pupils: RulesEngine against the rule set of the domain.
/// Both sides use every core, in ranges of pupils; afterwards, every pupil must have the same rules fired on both.</summary>
public static class RulesBenchmark
{
    private const int PupilsARange = 4_096;

    public static void Run(BenchmarkOptions options, Report report)
    {
        var shape = new DistrictShape(options.Quick ? 10_000 : 100_000);
        var what = string.Create(CultureInfo.InvariantCulture, $"rules over indicators, {shape.Pupils:N0} pupils");
        var blocks = ReadyBlock.Prepare(new SyntheticDistrict(shape).AllSchools(), SyntheticCalendar.Year.LastDay);
        var (ours, fired) = Domain(blocks, options.Runs * 5);
        report.Add(what, "SchoolSignal", ours, note: Fired(fired));

        var facts = blocks.SelectMany(block => block.Facts()).ToList();
        foreach (var tuned in (bool[])[false, true])
        {
            var (theirs, rival) = RulesEngine(facts, tuned, options.Runs);
            if (!fired.Zip(rival, Same).All(same => same)) throw new InvalidOperationException("The two sides fired different rules.");
            report.Add(what, tuned ? "RulesEngine, quickest settings" : "RulesEngine, default settings", theirs, note: "the same rules for every pupil");
            report.AddResult(what + (tuned ? ": RulesEngine at its quickest ÷ ours" : ": RulesEngine ÷ ours"), Report.Times(ours.TimesFasterThan(theirs)) + " (at least 100 ×)");
        }
    }

    /// <summary>Our side: a bit for each rule that fires with and without the exceptional sessions.</summary>
    private static (Timing Timing, IReadOnlyList<ulong> Fired) Domain(List<ReadyBlock> blocks, int runs)
    {
        var rules = RuleSet.Starting.Compiled;
        var fired = new ulong[blocks.Count * IndicatorBlock.Width];
        var timing = InRanges(blocks.Count, PupilsARange / IndicatorBlock.Width, runs, (from, to) =>
        {
            for (var block = from; block < to; block++)
                rules.Try(blocks[block].All, fired.AsSpan(block * IndicatorBlock.Width, IndicatorBlock.Width), blocks[block].Usual);
        });
        return (timing, [.. blocks.SelectMany((block, number) => block.Slots.Select(slot => fired[(number * IndicatorBlock.Width) + slot]))]);
    }

    /// <summary>Their side. In the timed runs a pupil's rules are counted and let go: to keep a hundred thousand lists would
    /// cost it the garbage collector's time.</summary>
    private static (Timing Timing, IEnumerable<IReadOnlyList<string>> Fired) RulesEngine(
        List<(AttendanceFacts All, AttendanceFacts Usual, ObservedFacts Seen)> facts, bool tuned, int runs)
    {
        var engine = new RulesEngineScreening(tuned);
        IReadOnlyList<string> FiredFor(int pupil) => engine.Fired(facts[pupil].All, facts[pupil].Usual, facts[pupil].Seen);
        var counts = new byte[facts.Count];
        var timing = InRanges(facts.Count, PupilsARange, runs, (from, to) =>
        {
            for (var pupil = from; pupil < to; pupil++) counts[pupil] = (byte)FiredFor(pupil).Count;
        });
        return (timing, Enumerable.Range(0, facts.Count).Select(FiredFor));
    }

    private static Timing InRanges(int count, int size, int runs, Action<int, int> run)
    {
        var ranges = Partitioner.Create(0, count, size);
        void Run() => Parallel.ForEach(ranges, range => run(range.Item1, range.Item2));
        Timing.WarmUp(Run);
        return Timing.Of(runs, Run);
    }

    private static bool Same(ulong fired, IReadOnlyList<string> rival) => RuleSet.Starting.RulesOf(fired).Select(rule => rule.Id).SequenceEqual(rival);

    private static string Fired(IReadOnlyList<ulong> fired) =>
        string.Create(CultureInfo.InvariantCulture, $"{fired.Sum(f => (long)BitOperations.PopCount(f)):N0} fired");
}
