namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Repair by one sum at a time, for blocks too large for a linear program each: a hidden cell needs, in every sum it is in, another
/// hidden cell and enough to share with it. Quick, and hides a little more than <see cref="ProgramRepair"/>.</summary>
internal sealed class SumRepair(SuppressionState state)
{
    private readonly LinkedSystem system = state.System;

    /// <summary>Goes through the sums until each leaves its hidden cells room, as far as a single sum can tell.</summary>
    public void Run()
    {
        var waiting = new Queue<int>(Enumerable.Range(0, system.Sums.Count));
        while (waiting.TryDequeue(out var s))
            while (IsTight(system.Sums[s]) && CheapestIn([s]) is { } cell)
            {
                state.Hide(cell);
                foreach (var other in system.SumsOf(cell)) waiting.Enqueue(other);
            }
    }

    /// <summary>Hides one more cell in the sums around a cell that all sums together leave too narrow, or, where none is left there, around
    /// the hidden cells that it shares sums with, and so on; false if there is none at all.</summary>
    public bool Widen(int cell)
    {
        var ring = new List<int> { cell };
        var seen = new HashSet<int> { cell };
        for (var i = 0; i < ring.Count;)
        {
            if (CheapestIn(ring.Skip(i).SelectMany(system.SumsOf).Distinct()) is { } chosen)
            {
                state.Hide(chosen);
                return true;
            }
            var next = ring.Skip(i).SelectMany(system.SumsOf).SelectMany(s => system.Sums[s].Cells).Where(c => state.IsHidden(c) && seen.Add(c)).ToList();
            i = ring.Count;
            ring.AddRange(next);
        }
        return false;
    }

    private bool IsTight(SumOf sum)
    {
        var hidden = 0;
        var width = 0;
        long rest = state.Shown[sum.Total] ?? 0;
        foreach (var part in sum.Parts)
        {
            if (state.Shown[part] is { } known)
            {
                rest -= known;
                continue;
            }
            hidden++;
            width = Math.Max(width, system.WidthOf(part));
        }
        if (state.IsHidden(sum.Total)) return hidden == 0;
        return hidden == 1 || (hidden > 1 && rest < width);
    }

    /// <summary>The cell that costs least to hide, where a cell that another sum would then leave alone costs double.</summary>
    private int? CheapestIn(IEnumerable<int> sums)
    {
        int? best = null;
        var least = double.PositiveInfinity;
        foreach (var s in sums)
            foreach (var cell in system.Sums[s].Cells)
            {
                if (!state.MayHide(cell)) continue;
                var lonely = system.SumsOf(cell).Count(other => other != s && !system.Sums[other].Cells.Any(c => c != cell && state.IsHidden(c)));
                var cost = state.Costs[cell] * (1 + lonely);
                if (cost >= least) continue;
                least = cost;
                best = cell;
            }
        return best;
    }
}
