namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Shows again what was hidden beside the rule and is not needed: one cell after another, the dearest first, as long as the proof
/// stands without it.</summary>
internal sealed class CleanUp(SuppressionState state, ProofBook book, WorkBudget budget)
{
    /// <summary>A larger component is left as it is: each try would cost a proof.</summary>
    private const int MostCells = 600;

    private const double TimeShare = 0.7;

    public void Run(IReadOnlySet<int> primary, IReadOnlySet<int> keep)
    {
        var candidates = HiddenComponents.Of(state.System, state.Shown)
            .Where(c => c.Length <= MostCells).SelectMany(c => c)
            .Where(c => state.IsNew(c) && !primary.Contains(c) && !keep.Contains(c))
            .OrderByDescending(c => state.Costs[c]).ToList();
        foreach (var cell in candidates)
        {
            if (budget.IsPast(TimeShare)) return;
            state.Show(cell);
            if (!IsProvedAround(cell)) state.Hide(cell);
        }
    }

    private bool IsProvedAround(int cell)
    {
        var around = state.System.SumsOf(cell).SelectMany(s => state.System.Sums[s].Cells).Distinct();
        return book.Prove(state.Shown, around).TrueForAll(p => p.IsProved);
    }
}
