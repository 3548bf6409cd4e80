using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>P6: 0 %, 100 %, known denominators, and every bound of the rule on its edge.</summary>
public sealed class SaysItOfAllTests(ITestOutputHelper output)
{
    private static readonly SuppressionPolicy Policy = new();

    [Theory]
    [InlineData(1, true)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void Rule_CountAtThreshold_IsShownBelowItHidden(int count, bool hidden)
    {
        var table = Tables.Of("edge", [Tables.Group("school", "s", "t", "u", "v")], count, 100, 200, 300);
        Assert.Equal(hidden, Tables.Protect(Policy, table).Release.Tables[0]["s"] is null);
    }

    [Theory]
    [InlineData(0, AllOrNoneRule.Hide, true)]
    [InlineData(0, AllOrNoneRule.HideAll, false)]
    [InlineData(0, AllOrNoneRule.Show, false)]
    [InlineData(60, AllOrNoneRule.Hide, true)]
    [InlineData(60, AllOrNoneRule.HideAll, true)]
    [InlineData(60, AllOrNoneRule.Show, false)]
    [InlineData(30, AllOrNoneRule.Hide, false)]
    public void P6_AllOrNoneOfAGroup_IsHiddenAsThePolicySays(int marked, AllOrNoneRule rule, bool hidden)
    {
        var table = Tables.Of(
            "signs", [Tables.Group("school", "s", "t", "u"), Tables.Property("sign", "yes", "some", "no")],
            marked, (60 - marked) / 2, (60 - marked) / 2,
            40, 40, 40,
            50, 30, 40);
        var result = Tables.Protect(Policy with { AllOrNone = rule }, table);
        Assert.Equal(hidden, result.Release.Tables[0]["s", "yes"] is null);
        Assert.All(new JointAttack(result.Release).Run(), c => Assert.True(c.Width >= 10 - 1e-6, c.ToString()));
    }

    /// <summary>The complement is a cell: with 4 of 60 hidden, 56 of 60 must be too, or the percentage of those without says it.</summary>
    [Fact]
    public void P6_KnownDenominator_NumeratorNotToBeHadFromComplementOrPercentage()
    {
        var table = Tables.Of(
            "signs", [Tables.Group("school", "s", "t", "u"), Tables.Property("sign", "yes", "no")],
            4, 56,
            40, 80,
            50, 70);
        var shown = Tables.Protect(Policy, table).Release.Tables[0];
        Assert.Equal(60, shown["s", "all sign"]);
        Assert.Null(shown["s", "no"]);
        Assert.Null(PublishedTable.Percentage(shown["s", "yes"], shown["s", "all sign"]));
        Assert.Null(PublishedTable.Percentage(shown["s", "no"], shown["s", "all sign"]));
        Assert.Null(PublishedTable.Percentage(0, 0));
        Assert.Equal(50, PublishedTable.Percentage(40, 80));
        output.WriteLine($"P6: 4 of 60 hidden, its complement 56 too; shown of the table {shown.Counts.Count(c => c is not null)} of {shown.Counts.Count} cells");
    }

    /// <summary>Nobody in the group: that none of them has a sign is no news, and hiding it would protect nothing.</summary>
    [Fact]
    public void P6_EmptyGroup_ZeroIsShown()
    {
        var table = Tables.Of("signs", [Tables.Group("school", "s", "t", "u"), Tables.Property("sign", "yes", "no")], 0, 0, 40, 80, 50, 70);
        Assert.Equal(0, Tables.Protect(Policy, table).Release.Tables[0]["s", "yes"]);
    }

    /// <summary>A sum that one pupil makes up to more than 80 per cent is hidden; at exactly 80 it is not.</summary>
    [Theory]
    [InlineData(80, false)]
    [InlineData(81, true)]
    public void Rule_DominantContribution_IsHiddenAbovePercent(int largest, bool hidden)
    {
        var shape = new TableShape("absences", "sessions missed", [Tables.Group("school", "s", "t", "u", "v")]) { PerPupil = 10 };
        var table = CountTable.RollUp(shape,
        [
            new Leaf(["s"], 100, 20, [largest, 1, 1]), new Leaf(["t"], 900, 90, [10]), new Leaf(["u"], 800, 80, [10]), new Leaf(["v"], 800, 80, [10]),
        ]);
        var result = Tables.Protect(Policy, table);
        Assert.Equal(hidden, result.Release.Tables[0]["s"] is null);
        if (hidden) Assert.All(new JointAttack(result.Release).Run(), c => Assert.True(c.Width >= 100 - 1e-6, "ten sessions a pupil: ten times as wide"));
    }

    /// <summary>Sessions of nine pupils are hidden, of ten shown, however many sessions they are.</summary>
    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void Rule_FewPupilsBehindASum_IsHidden(int pupils, bool hidden)
    {
        var shape = new TableShape("absences", "sessions missed", [Tables.Group("school", "s", "t", "u", "v")]) { PerPupil = 10 };
        var table = CountTable.RollUp(shape, [new Leaf(["s"], 500, pupils), new Leaf(["t"], 900, 90), new Leaf(["u"], 800, 80), new Leaf(["v"], 800, 80)]);
        Assert.Equal(hidden, Tables.Protect(Policy, table).Release.Tables[0]["s"] is null);
    }
}
