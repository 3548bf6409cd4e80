using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Privacy;

namespace SchoolSignal.Domain.Tests.Reports.Privacy;

public sealed class PrivateReleaseTests(ITestOutputHelper output)
{
    private static readonly Code District = "district";
    private static readonly string[] Levels = ["None", "Watch", "Raised", "High"];

    [Fact]
    public void Draw_AnyTable_AddsUpAndHasNoNegativeCount()
    {
        var table = Table(schools: 30, seed: 7);
        for (var seed = 0; seed < 50; seed++)
        {
            var drawn = Draw(table, 300, seed).Release.Tables[0];
            Assert.All(drawn.Counts, count => Assert.True(count >= 0));
            foreach (var school in table.Shape.Dimensions[0].Codes)
                Assert.Equal(drawn[school, "all"], Levels.Sum(level => drawn[school, level]));
            foreach (var level in Levels.Append("all"))
                Assert.Equal(drawn[District, level], Schools(30).Sum(school => drawn[school, level]));
        }
    }

    [Fact]
    public void Draw_TheDistrictsFigure_IsNotAsUncertainAsAllItsSchoolsTogether()
    {
        var table = Table(schools: 100, seed: 8);
        const int Thousandths = 500;
        var errors = Enumerable.Range(0, 200).Select(seed => (double)Draw(table, Thousandths, seed).Release.Tables[0][District, "Raised"]!.Value - table[District, "Raised"]).ToList();
        var spread = Math.Sqrt(errors.Average(e => e * e));
        var apart = Math.Sqrt(100 * new DiscreteLaplace(2, new Epsilon(Thousandths)).Variance);
        output.WriteLine($"district's error {spread:F1}, of a hundred schools summed {apart:F1}");
        Assert.True(spread < apart / 5);
    }

    [Fact]
    public void Within95_OfEveryFigure_HoldsInNineteenOfTwenty()
    {
        var table = Table(schools: 20, seed: 9);
        const int Runs = 400;
        var hits = new Dictionary<string, int>();
        foreach (var seed in Enumerable.Range(0, Runs))
        {
            var drawn = Draw(table, 400, seed);
            foreach (var (name, codes) in Figures())
            {
                var cell = table.Shape.IndexOf(codes);
                var allowed = drawn.Noise.Within95(PrivateRelease.DrawsIn(table.Shape, "school", cell));
                if (Math.Abs(drawn.Release.Tables[0].Counts[cell]!.Value - table.Counts[cell]) <= allowed)
                    hits[name] = hits.GetValueOrDefault(name) + 1;
            }
        }
        foreach (var (name, count) in hits) output.WriteLine($"{name}: {100.0 * count / Runs:F1} %");
        // 95 % less four deviations of 400 runs.
        Assert.All(hits.Values, count => Assert.True(count >= Runs * 0.905));
        Assert.Equal(4, hits.Count);
    }

    [Fact]
    public void Draw_OfSeveralMeasures_SharesOutTheEpsilon()
    {
        var one = Draw(Table(schools: 3, seed: 1), 1000, 1);
        // One cell a pupil, at the school and in the district.
        Assert.Equal(2, one.Noise.Sensitivity);
        var signs = new CountTableBuilder("signs").Build();
        var both = PrivateRelease.Draw(
            "w", [new PrivateMeasure(Table(schools: 3, seed: 1), "school", 1), new PrivateMeasure(signs, "school", 5)], new Epsilon(1000), Bits(1));
        Assert.Equal(2 + (5 * 2), both.Noise.Sensitivity);
    }

    [Fact]
    public void Draw_TwoTablesOfOneUniverse_IsRefused() =>
        Assert.Throws<ArgumentException>(() => PrivateRelease.Draw(
            "w", [new PrivateMeasure(Table(3, 1), "school", 1), new PrivateMeasure(Table(3, 2), "school", 1)], new Epsilon(1000), Bits(1)));

    [Fact]
    public void Draw_ATotalWithSomeOfItsParts_IsRefused()
    {
        var hierarchy = Hierarchy.Flat(District, [(Code)"A", "B"]);
        var shape = new TableShape("t", "pupils", [new Dimension("school", DimensionKind.Group, hierarchy, [District, "A"])]);
        Assert.Throws<ArgumentException>(() => PrivateRelease.Draw("w", [new PrivateMeasure(CountTable.Of(shape, [3, 1]), "school", 1)], new Epsilon(1000), Bits(1)));
    }

    [Fact]
    public void Draw_AnotherTime_IsAnotherDraw()
    {
        var table = Table(schools: 30, seed: 3);
        Assert.NotEqual(Draw(table, 500, 1).Release.Tables[0].Counts, Draw(table, 500, 2).Release.Tables[0].Counts);
    }

    /// <summary>One pupil more in one school changes the chances of that school's figure by no more than e^ε, measured on the figures as
    /// published, after all that is done to make them agree.</summary>
    [Fact]
    public void Draw_WithOnePupilMore_ChangesChancesByNoMoreThanEpsilon()
    {
        const int Runs = 40_000;
        const double Epsilon = 1.0;
        var without = Small(3);
        var with = Small(4);
        int[] Histogram(CountTable table, int seed)
        {
            var bits = Bits(seed);
            var counts = new int[40];
            for (var i = 0; i < Runs; i++)
            {
                var drawn = PrivateRelease.Draw("w", [new PrivateMeasure(table, "school", 1)], new Epsilon((int)(Epsilon * 1000)), bits).Release.Tables[0];
                counts[Math.Min(39, drawn["A"]!.Value)]++;
            }
            return counts;
        }
        var (p, q) = (Histogram(without, 11), Histogram(with, 12));
        double worst = 0;
        double a = 0, b = 0;
        for (var i = 0; i < p.Length; i++)
        {
            (a, b) = (a + p[i], b + q[i]);
            worst = Math.Max(worst, Math.Max(a - (Math.E * b), (Runs - b) - (Math.E * (Runs - a))) / Runs);
        }
        output.WriteLine($"largest excess {worst:F4}");
        // Three deviations of 40,000 draws.
        Assert.True(worst <= 0.02);
    }

    private static IEnumerable<(string, Code[])> Figures() =>
        [("district, a level", [District, "Watch"]), ("district, all", [District, "all"]), ("a school, a level", ["S5", "Raised"]), ("a school, all", ["S5", "all"])];

    private static IEnumerable<Code> Schools(int count) => Enumerable.Range(0, count).Select(i => (Code)$"S{i}");

    private static CountTable Table(int schools, int seed) => new CountTableBuilder("levels") { Schools = schools, Seed = seed }.Build();

    private static CountTable Small(long inA)
    {
        var shape = new TableShape("t", "pupils", [Dimension.Group("school", Hierarchy.Flat(District, [(Code)"A", "B"]))]);
        return CountTable.RollUp(shape, [new Leaf(["A"], inA), new Leaf(["B"], 6)]);
    }

    private static PrivateRelease Draw(CountTable table, int thousandths, int seed) =>
        PrivateRelease.Draw("w", [new PrivateMeasure(table, "school", 1)], new Epsilon(thousandths), Bits(seed));

    private static UniformBits Bits(int seed) => new(new Random(seed).NextBytes);

    private sealed class CountTableBuilder(string universe)
    {
        public int Schools { get; init; } = 3;

        public int Seed { get; init; } = 5;

        public CountTable Build()
        {
            var random = new Random(Seed);
            var shape = new TableShape(
                universe, universe,
                [Dimension.Group("school", Hierarchy.Flat(District, PrivateReleaseTests.Schools(Schools))), Dimension.Property("level", Hierarchy.Flat("all", Levels.Select(l => (Code)l)))]);
            return CountTable.RollUp(
                shape, from school in PrivateReleaseTests.Schools(Schools) from level in Levels select new Leaf([school, level], random.Next(0, level == "None" ? 400 : 40)));
        }
    }
}
