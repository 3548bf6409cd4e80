namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>How wide a hidden cell would be if other cells than now were hidden: the linear program of a small block, of which any set of cells
/// can be let go. Its answers say what to try, never what is safe.</summary>
internal sealed class PatternAttack : IDisposable
{
    private const double Slack = 1e-6;

    private readonly LinearProgram program = new();
    private readonly SuppressionState state;
    private readonly Dictionary<int, int> places = [];
    private readonly double most;

    /// <param name="block">The cells that are hidden or may be, and hang together by sums.</param>
    public PatternAttack(SuppressionState state, IReadOnlyList<int> block)
    {
        this.state = state;
        var system = state.System;
        var sums = block.SelectMany(system.SumsOf).Distinct().Select(s => system.Sums[s]).ToList();
        most = 2.0 * sums.Max(s => s.Cells.Sum(c => state.ValueOf(c) ?? 0)) + 20.0 * block.Max(system.WidthOf);
        foreach (var cell in block) places[cell] = program.AddVariable(0, most);
        foreach (var sum in sums)
        {
            double known = 0;
            var terms = new List<(int, double)>();
            foreach (var (cell, factor) in sum.Parts.Select(p => (p, 1)).Append((sum.Total, -1)))
            {
                if (places.TryGetValue(cell, out var place)) terms.Add((place, factor));
                else known += factor * state.Shown[cell]!.Value;
            }
            program.AddConstraint(-known, -known, terms);
        }
    }

    /// <summary>Cells without whose hiding the attacked one stays too narrow: as soon as it is hidden, one of those returned must be too. Null if
    /// it is wide enough as things are.</summary>
    /// <param name="hidden">The cells of the block that are hidden.</param>
    /// <param name="others">The cells that could be hidden beside them.</param>
    public List<int>? NeededFor(int attacked, IReadOnlySet<int> hidden, IEnumerable<int> others, TimeSpan limit)
    {
        foreach (var cell in places.Keys) Let(cell, hidden.Contains(cell));
        if (HeldBy(attacked, limit) is not { } holding) return null;
        var needed = new List<int>();
        var waiting = new Stack<int>(others);
        LetOthersGo();
        while (waiting.TryPop(out var next))
        {
            Let(next, go: true);
            if (HeldBy(attacked, limit) is { } still)
            {
                holding = still;
                LetOthersGo();
            }
            else
            {
                Let(next, go: false);
                needed.Add(next);
            }
        }
        return needed;

        // Whatever does not hold the attacked cell may go at once.
        void LetOthersGo()
        {
            var held = waiting.Where(holding.Contains).Reverse().ToList();
            foreach (var cell in waiting.Except(held)) Let(cell, go: true);
            waiting = new Stack<int>(held);
        }
    }

    public void Dispose() => program.Dispose();

    private void Let(int cell, bool go)
    {
        if (go) program.SetBounds(places[cell], 0, most);
        else program.SetBounds(places[cell], state.ValueOf(cell)!.Value, state.ValueOf(cell)!.Value);
    }

    /// <summary>The cells without which the least or the most of the attacked one might be another; null if it is wide enough.</summary>
    private HashSet<int>? HeldBy(int attacked, TimeSpan limit)
    {
        program.SetWeight(places[attacked], 1);
        var holding = new HashSet<int>();
        var high = Bound(maximize: true);
        var low = Bound(maximize: false);
        program.SetWeight(places[attacked], 0);
        return high - low >= state.System.WidthOf(attacked) - Slack ? null : holding;

        double? Bound(bool maximize)
        {
            var values = program.Solve(maximize, limit);
            foreach (var (cell, place) in places)
                if (Math.Abs(program.ReducedCost(place)) > Slack) holding.Add(cell);
            return values?[places[attacked]];
        }
    }
}
