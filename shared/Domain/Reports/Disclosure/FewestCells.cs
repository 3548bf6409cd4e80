namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Hides the fewest cells possible where the tables are small enough to know: instead of what was hidden beside the rule, the least
/// choice for which every hidden cell is proved open, and among choices alike the one that costs the reader least.</summary>
/// <remarks>After Fischetti and Salazar (1999), by demands: where a choice leaves a cell narrow, the cells without which it would stay so
/// whatever else were hidden make a demand, "with this cell one of those", and the least choice that meets all demands so far is tried next. A choice is
/// taken only with its proof.</remarks>
internal sealed class FewestCells(SuppressionState state, ProofBook book, ProgramRepair programs, WorkBudget budget)
{
    /// <summary>A larger block is left as it was found.</summary>
    public const int MostCells = 64;

    private const int MostTries = 40;
    private const double TimeShare = 0.6;

    public void Run(IReadOnlySet<int> primary)
    {
        var done = new HashSet<int>();
        foreach (var cell in Enumerable.Range(0, state.System.Count).Where(c => IsBeside(c, primary)).ToList())
        {
            if (done.Contains(cell) || programs.BlockOf(cell, MostCells) is not { } block) continue;
            done.UnionWith(block);
            Improve(block, primary);
        }
    }

    private bool IsBeside(int cell, IReadOnlySet<int> primary) => state.IsHidden(cell) && state.IsNew(cell) && !primary.Contains(cell);

    private void Improve(IReadOnlyList<int> block, IReadOnlySet<int> primary)
    {
        var before = block.Where(c => IsBeside(c, primary)).ToHashSet();
        var free = block.Where(c => before.Contains(c) || state.MayHide(c)).ToList();
        var kept = block.Except(free).ToHashSet();
        using var demands = new HidingDemands(free, state.Costs);
        using var attack = new PatternAttack(state, block);
        for (var attempt = 0; attempt < MostTries && !budget.IsPast(TimeShare); attempt++)
        {
            if (demands.Least(budget.Left) is not { } choice || demands.WeightOf(choice) >= demands.WeightOf(before)) return;
            if (!Demand(attack, demands, choice, free, kept) && IsProved(block, before, choice, free, kept, demands)) return;
        }
    }

    /// <summary>Whether the choice leaves a cell narrow, so that there is a new demand.</summary>
    private bool Demand(PatternAttack attack, HidingDemands demands, HashSet<int> choice, List<int> free, HashSet<int> kept)
    {
        HashSet<int> hidden = [.. kept, .. choice];
        var others = free.FindAll(c => !choice.Contains(c));
        var demanded = false;
        foreach (var cell in hidden)
        {
            if (attack.NeededFor(cell, hidden, others, budget.Left) is not { } needed) continue;
            demands.Add(cell, needed);
            demanded = true;
        }
        return demanded;
    }

    /// <summary>Takes a choice if every hidden cell is proved open with it; else what was hidden before stays, and the choice is not made
    /// again.</summary>
    private bool IsProved(
        IReadOnlyList<int> block, HashSet<int> before, HashSet<int> choice, List<int> free, HashSet<int> kept, HidingDemands demands)
    {
        Swap(before, choice);
        var open = book.Prove(state.Shown, block).SelectMany(p => p.Open).ToList();
        if (open.Count == 0) return true;
        Swap(choice, before);
        foreach (var cell in open) demands.Add(cell, free.FindAll(c => !choice.Contains(c)));
        return false;
    }

    private void Swap(HashSet<int> from, HashSet<int> to)
    {
        foreach (var cell in from) state.Show(cell);
        foreach (var cell in to) state.Hide(cell);
    }
}
