using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>P1: cases by which sdcTable's own tests show what goes wrong, in tables of our own with the same shape.</summary>
public sealed class PublishedCaseTests(ITestOutputHelper output)
{
    private static readonly SuppressionPolicy Policy = new() { AllOrNone = AllOrNoneRule.Show };

    /// <summary>Nine cells hidden, two or more in every line, and yet one is the difference of two sums of lines: rows w and x hide 236
    /// together, columns a and c 189, and what is in the rows and not in the columns is the one cell (w, b) = 47.</summary>
    [Fact]
    public void P1_TwoHiddenInEveryLine_IsNoProof()
    {
        var table = Tables.Of(
            "grid", [Tables.Group("v1", "w", "x", "y", "z"), Tables.Group("v2", "a", "b", "c", "d")],
            30, 47, 64, 89,
            90, 124, 5, 31,
            92, 100, 59, 85,
            800, 991, 651, 685);
        string[] hidden = ["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"];
        var byHand = Tables.Hiding(table, codes => hidden.Contains(codes[0].Name + codes[1].Name));

        var attacked = new JointAttack(byHand).Run(name => name.EndsWith("v1:w v2:b", StringComparison.Ordinal)).Single();
        Assert.Equal((47, 47), (Math.Round(attacked.Least, 6), Math.Round(attacked.Most, 6)));

        var one = Tables.Hiding(table, codes => hidden.Contains(codes[0].Name + codes[1].Name) || codes is [{ Name: "x" }, { Name: "d" }]);
        var open = new JointAttack(one).Run(name => name.EndsWith("v1:w v2:b", StringComparison.Ordinal)).Single();
        Assert.Equal((0, 78), (Math.Round(open.Least, 6), Math.Round(open.Most, 6)));
        output.WriteLine($"P1: w/b is 236 - 189 = {attacked.Most:0} with nine cells hidden, in [{open.Least:0}, {open.Most:0}] with one more");
    }

    /// <summary>The same grid by our own rule: whatever is hidden, nothing is narrower than asked.</summary>
    [Fact]
    public void P1_Grid_IsProtectedWithFewCells()
    {
        var result = Tables.Protect(Policy, Tables.Of(
            "grid", [Tables.Group("v1", "w", "x", "y", "z"), Tables.Group("v2", "a", "b", "c", "d")],
            30, 47, 64, 89,
            90, 124, 5, 31,
            92, 100, 59, 85,
            800, 991, 651, 685));
        Assert.All(new JointAttack(result.Release).Run(), c => Assert.True(c.Width >= 10 - 1e-6, c.ToString()));
        Assert.Equal((1, 3), (result.Summary.Primary, result.Summary.Complementary));
    }

    /// <summary>Two tables, each safe alone: regions by county, and the same regions by size. County 1 and the small ones differ by K and N, and
    /// N is shown.</summary>
    [Fact]
    public void P1_LinkedTables_DifferenceOfTotalsIsClosed()
    {
        var policy = new SuppressionPolicy { Threshold = 4, Width = 4 };
        string[] regions = ["A", "B", "I", "J", "K", "L", "M", "N"];
        int[] counts = [2, 2, 8, 8, 3, 3, 3, 7];
        var byCounty = Regions("by county", ("county 1", ["A", "B", "I", "J"]), ("county 2", ["K", "L", "M", "N"]));
        var bySize = Regions("by size", ("big", ["L", "M"]), ("small", ["A", "B", "I", "J", "K", "N"]));

        var alone = new[] { Tables.Protect(policy, byCounty), Tables.Protect(policy, bySize) };
        Assert.All(alone, a => Assert.All(new JointAttack(a.Release).Run(), c => Assert.True(c.Width >= 4 - 1e-6)));
        var beside = new JointAttack(new PublishedRelease("both", [.. alone.SelectMany(a => a.Release.Tables)])).Run();
        Assert.Contains(beside, c => c.Width < 1e-6);

        var together = Tables.Protect(policy, byCounty, bySize);
        var attacked = new JointAttack(together.Release).Run();
        Assert.All(attacked, c => Assert.True(c.Width >= 4 - 1e-6, c.ToString()));
        output.WriteLine(
            $"P1: linked tables, {beside.Count(c => c.Width < 1e-6)} cells exact when each is protected alone, 0 together; hidden {together.Summary.Primary} by the rule, {together.Summary.Complementary} beside it");

        CountTable Regions(string name, params (string Part, string[] Of)[] parts) => CountTable.RollUp(
            new TableShape(name, "pupils", [Dimension.Group("region", Hierarchy.Tree(
                "Total", [.. parts.Select(p => (new Code("Total"), new Code(p.Part))), .. parts.SelectMany(p => p.Of.Select(r => (new Code(p.Part), new Code(r))))]))]),
            regions.Zip(counts, (region, count) => new Leaf([region], count)));
    }

    /// <summary>Two cells of one pupil each and a total of few: each of the two pupils, knowing himself, would know the other.</summary>
    [Fact]
    public void P1_TwoSingletons_AreNotLeftToEachOther()
    {
        var result = Tables.Protect(Policy, Tables.Of("few", [Tables.Group("region", "a", "b", "c", "d")], 1, 40, 1, 0));
        Assert.All(new JointAttack(result.Release).Run(), c => Assert.True(c.Width >= 10 - 1e-6, c.ToString()));
        var withOneKnown = new PublishedRelease("seen by the pupil in a", [.. result.Release.Tables.Select(t =>
            t with { Counts = [.. t.Counts.Select((count, i) => t.Shape.CodeAt(i, 0).Name == "a" ? 1 : count)] })]);
        var seen = new JointAttack(withOneKnown).Run();
        Assert.All(seen, c => Assert.True(c.Width >= 9 - 1e-6, c.ToString()));
        output.WriteLine($"P1: singletons, hidden {string.Join(", ", seen.Select(c => c.Cell))}; a pupil who knows his own cell leaves the other at least {seen.Min(c => c.Width):0} wide");
    }
}
