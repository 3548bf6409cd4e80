using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>P5: one pupil more or fewer, published as a correction: neither a cell nor a difference points at him.</summary>
public sealed class MembershipTests(ITestOutputHelper output)
{
    private static readonly int Tries = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 2_000 : 100;
    private static readonly SuppressionPolicy Policy = new();
    private static readonly Code[] Schools = ["s", "t", "u", "v"];
    private static readonly Code[] Levels = ["none", "watch", "high"];

    [Fact]
    public void P5_OnePupilMoreOrFewer_NoShownCellAndNoDifferencePointsAtHim()
    {
        int both = 0, hiddenNow = 0;
        var narrowest = double.PositiveInfinity;
        for (var seed = 1; seed <= Tries; seed++)
        {
            var random = new Random(seed);
            var counts = Schools.SelectMany(_ => new[] { random.Next(40, 400), random.Next(0, 40), random.Next(0, 14) }).ToArray();
            var first = Tables.Protect([], Policy, "W01", Of("W01", counts)).Release;
            var at = random.Next(counts.Length);
            counts[at] += counts[at] > 0 && random.Next(2) == 0 ? -1 : 1;
            var second = Tables.Protect([first], Policy, "W01#2", Of(new Code("W01", 2), counts)).Release;

            for (var i = 0; i < first.Tables[0].Counts.Count; i++)
            {
                if (second.Tables[0].Counts[i] is not { } now) continue;
                both++;
                Assert.NotNull(first.Tables[0].Counts[i]);
                Assert.True(now == first.Tables[0].Counts[i], $"seed {seed}: a count went from {first.Tables[0].Counts[i]} to {now}.");
            }
            foreach (var cell in new JointAttack(first, second).Run())
            {
                hiddenNow++;
                narrowest = Math.Min(narrowest, cell.Width);
                Assert.True(cell.Width >= Policy.Width - 1e-6, $"seed {seed}: {cell}");
            }
        }
        output.WriteLine($"P5: {Tries} tables with one pupil added or removed (seeds 1 to {Tries}): {both} cells shown in both, none changed; {hiddenNow} hidden, narrowest {narrowest:0.#}");
    }

    private static CountTable Of(Code week, int[] counts) => CountTable.RollUp(
        new TableShape("levels", "pupils screened",
        [
            Dimension.Group("week", Hierarchy.Separate(week)), Dimension.Group("school", Hierarchy.Flat("district", Schools)),
            Dimension.Property("level", Hierarchy.Flat("screened", Levels)),
        ]),
        counts.Select((count, i) => new Leaf([week, Schools[i / Levels.Length], Levels[i % Levels.Length]], count)));
}
