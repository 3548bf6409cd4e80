namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Hides as little as possible where the tables are small enough to know: finds the fewest cells beside the rule with which every
/// hidden cell is proved open, and then, of all choices that hide at most a quarter more in all, the one that costs the reader least: a total is dearer
/// than one of its parts.</summary>
/// <remarks>After Fischetti and Salazar (1999), by demands: where a choice leaves a cell narrow, the cells without which it would stay so
/// whatever else were hidden make a demand, "with this cell one of those", and the least choice that meets all demands so far is tried next. A choice is
/// taken only with its proof.</remarks>
internal sealed class FewestCells(SuppressionState state, ProofBook book, ProgramRepair programs, WorkBudget budget, bool sparesTotals)
{
    /// <summary>A larger block is left as it was found.</summary>
    public const int MostCells = 64;

    /// <summary>A quarter more than the fewest, inclusive.</summary>
    private const int MostPercent = 125;

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
        var standing = block.Where(c => IsBeside(c, primary)).ToHashSet();
        var free = block.Where(c => standing.Contains(c) || state.MayHide(c)).ToList();
        var kept = block.Except(free).ToHashSet();
        using var demands = new HidingDemands(free);
        using var attack = new PatternAttack(state, block);
        if (!sparesTotals)
        {
            // Of choices of one number the cheaper: all that a choice costs is less than one cell more.
            var all = 1 + free.Sum(c => state.Costs[c]);
            if (!Find(cell => 1 + (state.Costs[cell] / all))) return;
            var ruled = kept.Count(state.IsNew);
            demands.Limit(((ruled + standing.Count) * MostPercent / 100) - ruled);
        }
        Find(cell => state.Costs[cell]);

        // Whether what then stands is known to be the least.
        bool Find(Func<int, double> weightOf)
        {
            demands.Weigh(weightOf);
            for (var attempt = 0; attempt < MostTries && !budget.IsPast(TimeShare); attempt++)
            {
                if (demands.Least(budget.Left) is not { } choice) return false;
                if (demands.WeightOf(choice) >= demands.WeightOf(standing)) return true;
                if (Demand(attack, demands, choice, free, kept) || !IsProved(block, standing, choice, free, demands)) continue;
                standing = choice;
                return true;
            }
            return false;
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
    private bool IsProved(IReadOnlyList<int> block, HashSet<int> before, HashSet<int> choice, List<int> free, HidingDemands demands)
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
