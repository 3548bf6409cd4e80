namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>The true counts of a release laid over the system: what is new, what the rule hides, what contradicts.</summary>
internal sealed class SuppressionInput
{
    private readonly LinkedTables linked;
    private readonly PublishedCells before;
    private readonly SuppressionPolicy policy;
    private readonly List<string> faults;
    private readonly HashSet<int> primary = [];
    private readonly HashSet<int> known = [];

    private SuppressionInput(LinkedTables linked, PublishedCells before, SuppressionPolicy policy)
    {
        this.linked = linked;
        this.before = before;
        this.policy = policy;
        faults = [.. before.Contradictions];
        Values = [.. before.Values];
        Costs = new double[linked.System.Count];
    }

    /// <summary>True counts of new cells, published ones of earlier cells; null for what was hidden before or nobody lists.</summary>
    public long?[] Values { get; }

    public double[] Costs { get; }

    public IReadOnlyCollection<int> Primary => primary;

    /// <summary>Why nothing can be published; empty if it can.</summary>
    public IReadOnlyList<string> Faults => faults;

    public bool MayBeHidden(int cell) => Costs[cell] > 0 && before.Values[cell] is null && !before.HiddenBefore[cell] && !known.Contains(cell);

    public static SuppressionInput Of(LinkedTables linked, PublishedCells before, Release release, int place, SuppressionPolicy policy)
    {
        var input = new SuppressionInput(linked, before, policy);
        var truth = new long?[linked.System.Count];
        foreach (var table in linked.Tables.Where(t => t.Release == place))
            input.Lay(table, release.Tables.First(t => ReferenceEquals(t.Shape, table.Shape)), truth, release.SparesTotals);
        input.known.ExceptWith(input.primary);
        input.CheckSums(truth);
        return input;
    }

    private void Lay(LinkedTable table, CountTable counts, long?[] truth, bool sparesTotals)
    {
        for (var i = 0; i < table.Cells.Length; i++)
        {
            var cell = table.Cells[i];
            var count = counts.Counts[i];
            if (count < 0) faults.Add($"{Name(cell)} in {table.Shape.Name} is {count}: a count is not negative.");
            if ((truth[cell] ?? before.Values[cell]) is { } other && other != count)
                faults.Add($"{Name(cell)} is {count} in {table.Shape.Name} and {other} in another table{(before.Values[cell] is null ? "" : ", published before: a changed count needs a new revision of its period")}.");
            truth[cell] = count;
            Costs[cell] = Math.Max(Costs[cell], CellCosts.Of(counts, i, sparesTotals));
            if (before.HiddenBefore[cell]) continue;
            Values[cell] = count;
            Judge(cell, PrimaryRule.Of(counts, i, policy), table.Identity.Before(i), count);
        }
    }

    private void Judge(int cell, RuleOutcome outcome, IEnumerable<string> revisions, long count)
    {
        if (before.Values[cell] is not null) return;
        var previous = RevisionRule.LatestBefore(linked.System, before, revisions);
        if (outcome == RuleOutcome.Hidden || (previous is { } earlier && RevisionRule.Hides(before.Values[earlier], count, policy.Threshold)))
            primary.Add(cell);
        else if (outcome == RuleOutcome.Known)
            known.Add(cell);
    }

    private void CheckSums(long?[] truth)
    {
        foreach (var sum in linked.System.Sums)
        {
            if (ValueOf(sum.Total) is not { } total || sum.Parts.Any(p => ValueOf(p) is null)) continue;
            var parts = sum.Parts.Sum(p => ValueOf(p)!.Value);
            if (parts != total) faults.Add($"{Name(sum.Total)} is {total}, but its parts sum to {parts}.");
        }

        long? ValueOf(int cell) => truth[cell] ?? before.Values[cell];
    }

    private string Name(int cell) => linked.System.IdentityOf(cell);
}
