using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>P3: tables small enough to try everything: exact intervals of whole numbers, and the fewest cells that could be hidden.</summary>
public sealed class SmallTableTests(ITestOutputHelper output)
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1";
    private static readonly int Seeds = IsFull ? 2_000 : 150;

    /// <summary>Trying every table takes a third of a second each.</summary>
    private static readonly int SeedsTried = IsFull ? 2_000 : 60;
    private static readonly SuppressionPolicy Policy = new() { Threshold = 3, Width = 3 };

    [Fact]
    public void P3_EveryTableTried_NoHiddenCellNarrowerThanAsked()
    {
        int tried = 0, cells = 0, tooMany = 0;
        var narrowest = long.MaxValue;
        for (var seed = 1; seed <= SeedsTried; seed++)
        {
            var table = Random(seed);
            var hidden = HiddenIn(Tables.Protect(Policy, table).Release.Tables[0]);
            if (hidden.Count == 0) continue;
            if (new BruteForce(table).Intervals(hidden, cap: 24) is not { } intervals)
            {
                tooMany++;
                continue;
            }
            tried++;
            foreach (var cell in hidden)
            {
                cells++;
                narrowest = Math.Min(narrowest, intervals[cell].Most - intervals[cell].Least);
                Assert.True(intervals[cell].Most - intervals[cell].Least >= Policy.Width, $"seed {seed}: cell {cell} is in {intervals[cell]}.");
            }
        }
        output.WriteLine($"P3: seeds 1 to {SeedsTried}, {tried} tables up to 4 x 4 tried whole ({tooMany} too many to try), {cells} hidden cells, narrowest {narrowest} (asked {Policy.Width})");
        Assert.True(tried > SeedsTried / 2);
    }

    [Fact]
    public void P3_FewestPossible_NoTableHidesMoreThanAQuarterMore()
    {
        long ours = 0, fewest = 0, beside = 0, fewestBeside = 0;
        var (tables, same, worst) = (0, 0, 1.0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var table = Random(seed);
            var result = Tables.Protect(Policy, table);
            if (result.Summary.Primary == 0 || result.Summary.Complementary > 6) continue;
            var primary = Enumerable.Range(0, table.Shape.Count).Where(i => PrimaryRule.Of(table, i, Policy) == RuleOutcome.Hidden).ToHashSet();
            var never = Enumerable.Range(0, table.Shape.Count).Where(i => PrimaryRule.Of(table, i, Policy) == RuleOutcome.Known).ToHashSet();
            var least = new BruteForce(table).FewestBeside(primary, never, result.Summary.Complementary, IsOpen, Policy.Width) ?? result.Summary.Complementary;
            tables++;
            if (least == result.Summary.Complementary) same++;
            ours += primary.Count + result.Summary.Complementary;
            fewest += primary.Count + least;
            beside += result.Summary.Complementary;
            fewestBeside += least;
            worst = Math.Max(worst, (double)(primary.Count + result.Summary.Complementary) / (primary.Count + least));

            bool IsOpen(HashSet<int> hidden)
            {
                var shown = new PublishedTable(table.Shape, [.. table.Counts.Select((c, i) => hidden.Contains(i) ? default(long?) : c)]);
                return new JointAttack(new PublishedRelease("tried", [shown])).Run().TrueForAll(c => c.Width >= Policy.Width - 1e-6);
            }
        }
        output.WriteLine(
            $"P3: {tables} tables (seeds 1 to {Seeds}), hidden {ours} cells where {fewest} is the fewest possible ({(double)ours / fewest:0.000} times; worst table {worst:0.00}); "
            + $"beside the rule {beside} where {fewestBeside} ({(double)beside / Math.Max(1, fewestBeside):0.000} times); the fewest in {same}");
        Assert.True(worst <= 1.25, $"One table hides {worst:0.00} times the fewest.");
        Assert.True(ours <= 1.05 * fewest);
    }

    private static CountTable Random(int seed)
    {
        var random = new Random(seed);
        var (rows, columns) = (random.Next(2, 5), random.Next(2, 5));
        Dimension[] dimensions =
        [
            Tables.Group("r", [.. Enumerable.Range(1, rows).Select(i => $"r{i}")]),
            Tables.Group("c", [.. Enumerable.Range(1, columns).Select(i => $"c{i}")]),
        ];
        return Tables.Of("small", dimensions, [.. Enumerable.Range(0, rows * columns).Select(_ => random.Next(4) == 0 ? random.Next(0, 3) : random.Next(0, 12))]);
    }

    private static HashSet<int> HiddenIn(PublishedTable table) => [.. Enumerable.Range(0, table.Counts.Count).Where(i => table.Counts[i] is null)];
}
