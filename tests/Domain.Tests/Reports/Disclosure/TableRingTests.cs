using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>Tables that tell more together than the totals they share.</summary>
public sealed class TableRingTests
{
    private static readonly Dimension School = Tables.Group("school", "a", "b");
    private static readonly Dimension Grade = Tables.Group("grade", "7", "8");
    private static readonly Dimension Level = Tables.Group("level", "low", "high");

    [Fact]
    public void Protect_ThreeTablesInARing_IsRefusedAndVerifyRefusesThem()
    {
        CountTable[] ring = [Table("one", School, Grade), Table("two", Grade, Level), Table("three", Level, School)];
        var refused = Assert.IsType<ProtectionResult.Refused>(SmallCellSuppression.Protect(new Release("now", ring), [], new SuppressionPolicy()));
        Assert.Equal("The tables tie grade, level, school in a ring, so that they tell more than their totals do. Give one table of all of them.", Assert.Single(refused.Reasons));
        // The third table in a later release closes the ring as well.
        var before = Tables.Protect(new SuppressionPolicy(), ring[0], ring[1]);
        Assert.IsType<ProtectionResult.Refused>(SmallCellSuppression.Protect(new Release("later", [ring[2]]), [before.Release], new SuppressionPolicy()));
        var shown = new PublishedRelease("now", [.. ring.Select(t => new PublishedTable(t.Shape, [.. t.Counts.Select(c => (long?)c)]))]);
        var forged = new Certificate("now", ReleaseHash.Of(shown), new SuppressionPolicy(), [], []);
        Assert.Equal(CertificateFault.TablesInARing, Assert.Single(CertificateVerifier.Verify(shown, forged, []).Findings).Fault);
    }

    [Fact]
    public void Protect_RingWithItsWhole_IsNoRing() =>
        Tables.Protect(
            new SuppressionPolicy(), Table("one", School, Grade), Table("two", Grade, Level), Table("three", Level, School), Table("whole", School, Grade, Level));

    [Fact]
    public void Find_TablesOfOtherWeeksOrOtherThings_AreNoRing()
    {
        Assert.Null(TableRing.Find([Shape("p", School, Grade), Shape("p", Grade, Level), Shape("q", Level, School)]));
        // The third week's table has nothing to do with the first week's two.
        var before = Tables.Protect(new SuppressionPolicy(), Table("one", School, Grade, Week("W1")), Table("two", Grade, Level, Week("W1")));
        Tables.Protect([before.Release], new SuppressionPolicy(), "later", Table("three", Level, School, Week("W3")));
        Assert.NotNull(TableRing.Find([Shape("p", School, Grade, Week("W1")), Shape("p", Grade, Level, Week("W1")), Shape("p", Level, School, Week("W1"))]));
        // Four in a ring are one too; a star is none.
        var other = Tables.Group("other", "x", "y");
        Assert.NotNull(TableRing.Find([Shape("p", School, Grade), Shape("p", Grade, Level), Shape("p", Level, other), Shape("p", other, School)]));
        Assert.Null(TableRing.Find([Shape("p", School, Grade), Shape("p", School, Level), Shape("p", School, other), Shape("p", School)]));
    }

    private static Dimension Week(string name) => Dimension.Group("week", Hierarchy.Separate(new Code(name)));

    private static TableShape Shape(string universe, params Dimension[] dimensions) => new("t", universe, dimensions);

    /// <summary>Fifty everywhere.</summary>
    private static CountTable Table(string name, params Dimension[] dimensions) =>
        Tables.Of(name, dimensions, [.. Enumerable.Repeat(dimensions is [.., { Name: "level" }] and [_, _, _] ? 50 : 100, 1 << dimensions.Count(d => d.Name != "week"))]);
}
