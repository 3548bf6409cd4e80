namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Small steps from table to table: one open cell and some cells around it move, the rest stays. Most of what keeps a cell open is
/// near it, and a small program is solved in a millisecond.</summary>
internal sealed class WitnessSteps(
    ComponentSums sums, IReadOnlyList<(double Least, double Most)> limits, WitnessPath path, WorkBudget budget, Random random)
{
    /// <summary>How many cells move, tried in turn; the last is everything in a component of usual size.</summary>
    private static readonly int[] Reaches = [400, 2_000];

    /// <summary>Of a row longer than this, only some cells move: the fullest, and some at random.</summary>
    private const int LongRow = 30;
    private const int FromLongRow = 8;

    /// <summary>The cell that the step is for counts more than the others beside it.</summary>
    private const double Own = 4;

    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(0.3);

    public void Run()
    {
        foreach (var cell in path.Open())
            foreach (var reach in Reaches)
            {
                if (path.IsWide(cell)) break;
                if (budget.IsSpent) return;
                var around = Around(cell, reach);
                foreach (var fill in (ReadOnlySpan<bool>)[true, false])
                    if (!path.IsWide(cell)) Step(cell, around, fill);
                if (around.Count < reach) break;
            }
    }

    private void Step(int own, List<int> around, bool fill)
    {
        var places = new Dictionary<int, int>(around.Count);
        foreach (var cell in around) places[cell] = places.Count;
        var rows = around.SelectMany(sums.RowsOf).Distinct().Select(r => Local(sums.Rows[r], places)).ToList();
        if (Solve(own, around, rows, fill, whole: false) || path.IsWide(own)) return;
        if (around.Count <= Reaches[0] + LongRow) Solve(own, around, rows, fill, whole: true);
    }

    /// <summary>Whether a step was taken.</summary>
    private bool Solve(int own, List<int> around, List<ComponentRow> rows, bool fill, bool whole)
    {
        var scale = path.Denominator;
        using var program = new WitnessProgram([.. around.Select(c => (limits[c].Least * scale, limits[c].Most * scale))], rows, whole);
        for (var i = 0; i < around.Count; i++)
        {
            var cell = around[i];
            if (cell == own) program.Wish(i, Own, fill ? path.Needed(cell) : null);
            else if (!path.IsWide(cell)) program.Wish(i, fill ? random.NextDouble() : -random.NextDouble(), fill ? path.Needed(cell) : null);
        }
        if (program.Solve(fill, whole ? WholeLimit : budget.Left) is not { } values) return false;
        var changes = new List<(int, long)>();
        for (var i = 0; i < around.Count; i++)
            if ((long)Math.Round(values[i]) is var value && value != path.ValueOf(around[i])) changes.Add((around[i], value));
        return changes.Count > 0 && path.Step(changes);
    }

    /// <summary>A row with the cells that stay moved to the other side.</summary>
    private ComponentRow Local(ComponentRow row, Dictionary<int, int> places)
    {
        var rest = row.Sum * path.Denominator;
        var terms = new List<(int, int)>();
        foreach (var (cell, factor) in row.Terms)
        {
            if (places.TryGetValue(cell, out var place)) terms.Add((place, factor));
            else rest -= factor * path.ValueOf(cell);
        }
        return new ComponentRow([.. terms], rest);
    }

    private List<int> Around(int cell, int reach)
    {
        var around = new List<int> { cell };
        var seen = new HashSet<int> { cell };
        for (var i = 0; i < around.Count && around.Count < reach; i++)
            foreach (var row in sums.RowsOf(around[i]))
                foreach (var other in SomeOf(sums.Rows[row]))
                    if (seen.Add(other)) around.Add(other);
        return around;
    }

    private IEnumerable<int> SomeOf(ComponentRow row)
    {
        var cells = row.Terms.Select(t => t.Cell);
        if (row.Terms.Length <= LongRow) return cells;
        var fullest = row.Terms.OrderByDescending(t => path.ValueOf(t.Cell)).Take(FromLongRow).Select(t => t.Cell);
        return fullest.Concat(Enumerable.Range(0, FromLongRow).Select(_ => row.Terms[random.Next(row.Terms.Length)].Cell));
    }
}
