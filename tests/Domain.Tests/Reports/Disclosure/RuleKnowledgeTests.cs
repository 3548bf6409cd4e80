using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>The attacker who knows the algorithm and runs it: of all tables that agree with what is published he keeps those from which the same
/// would have been published. Not promised against (docs/adr/0015); measured here.</summary>
public sealed class RuleKnowledgeTests(ITestOutputHelper output)
{
    private const int Seeds = 40;
    private const int MostFitting = 400;
    private static readonly SuppressionPolicy Policy = new() { Threshold = 3, Width = 3 };

    [Fact]
    public void Attack_ByRunningTheAlgorithmOnEveryTable_IsMeasured()
    {
        var (tables, cells, narrowed, exact, fitted, kept) = (0, 0, 0, 0, 0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            Dimension[] dimensions = [Tables.Group("r", "r1", "r2", "r3"), Tables.Group("c", "c1", "c2", "c3")];
            var table = Tables.Of("small", dimensions, [.. Enumerable.Range(0, 9).Select(_ => random.Next(3) == 0 ? random.Next(1, 3) : random.Next(3, 9))]);
            var shown = Tables.Protect(Policy, table).Release.Tables[0].Counts;
            var hidden = Enumerable.Range(0, shown.Count).Where(i => shown[i] is null).ToHashSet();
            var fitting = new List<long[]>();
            if (hidden.Count == 0 || !new BruteForce(table).ForEachFitting(hidden, cap: 12, fitting.Add) || fitting.Count > MostFitting) continue;

            var same = fitting.FindAll(f => Tables.Protect(Policy, CountTable.Of(table.Shape, f)).Release.Tables[0].Counts.SequenceEqual(shown));
            tables++;
            fitted += fitting.Count;
            kept += same.Count;
            foreach (var cell in hidden)
            {
                cells++;
                var width = same.Max(t => t[cell]) - same.Min(t => t[cell]);
                if (width < Policy.Width) narrowed++;
                if (width == 0) exact++;
            }
        }
        output.WriteLine(
            $"Rule known: {tables} tables (seeds 1 to {Seeds}), {fitted} fit what is published, {kept} of them would have been published so; of {cells} hidden cells {narrowed} are narrower than {Policy.Width} to "
            + $"whoever runs the algorithm on all of them, {exact} exact");
        Assert.True(tables > 10);
    }
}
