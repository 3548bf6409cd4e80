namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What hiding came to.</summary>
/// <param name="Proofs">Of every component that the new cells touch.</param>
/// <param name="HiddenWhole">Places of the tables that were hidden whole.</param>
/// <param name="Open">Cells that no hiding of new cells keeps open: earlier releases give them away. Empty otherwise.</param>
internal sealed record SuppressionOutcome(IReadOnlyList<ComponentProof> Proofs, IReadOnlyCollection<int> HiddenWhole, IReadOnlyList<int> Open);

/// <summary>Hides cells until every hidden cell is proved open: proof, repair of what the proof leaves narrow, proof again; then shows again
/// what need not be hidden.</summary>
/// <param name="tables">The cells of each new table.</param>
internal sealed class Suppressor(SuppressionState state, IReadOnlyList<int[]> tables, WorkBudget budget)
{
    /// <summary>Beyond so many cells that may move, repair goes by single sums.</summary>
    public const int ProgramLimit = 3_000;

    /// <summary>Beyond so many cells, single sums are looked after first, and programs only repair what they leave.</summary>
    private const int SumsFirst = 300;

    /// <summary>The share of the time for hiding as little as needed; after it whole tables are hidden.</summary>
    private const double SearchShare = 0.6;

    private readonly LinkedSystem system = state.System;
    private readonly ProofBook book = new(state.System, budget);
    private readonly SortedSet<int> hiddenWhole = [];

    /// <summary>For the test that shows the attacker to be one: no cell is hidden but by the rule.</summary>
    internal bool LeavesOutComplement { get; init; }

    /// <summary>See <see cref="Release.SparesTotals"/>.</summary>
    internal bool SparesTotals { get; init; }

    public SuppressionOutcome Run(IReadOnlyCollection<int> primary)
    {
        foreach (var cell in primary) state.Hide(cell);
        if (LeavesOutComplement) return new SuppressionOutcome([], [], []);
        var sums = new SumRepair(state);
        var programs = new ProgramRepair(state, budget);
        if (system.Count > SumsFirst) sums.Run();

        var touched = Touched();
        for (var proofs = book.Prove(state.Shown, touched); ; proofs = book.Prove(state.Shown, touched))
        {
            var open = proofs.SelectMany(p => p.Open).ToList();
            if (open.Count == 0) break;
            var repaired = !budget.IsPast(SearchShare) && Repair(open, sums, programs);
            if (!repaired && !HideTablesOf(open)) return new SuppressionOutcome(proofs, hiddenWhole, open);
        }
        new CleanUp(state, book, budget).Run(primary.ToHashSet(), hiddenWhole.SelectMany(t => tables[t]).ToHashSet());
        if (hiddenWhole.Count == 0) new FewestCells(state, book, programs, budget, SparesTotals).Run(primary.ToHashSet());
        return new SuppressionOutcome(book.Prove(state.Shown, touched), hiddenWhole, []);
    }

    /// <summary>The cells that share a sum with a new cell.</summary>
    private List<int> Touched()
    {
        var fresh = tables.SelectMany(t => t).ToHashSet();
        return [.. system.Sums.Where(s => s.Cells.Any(fresh.Contains)).SelectMany(s => s.Cells).Concat(fresh).Distinct()];
    }

    /// <summary>Whether anything was hidden.</summary>
    private bool Repair(List<int> open, SumRepair sums, ProgramRepair programs)
    {
        var repaired = false;
        foreach (var cell in open)
        {
            if (programs.BlockOf(cell, ProgramLimit) is { } block)
            {
                if (programs.CellsToHide(block, cell) is not { Count: > 0 } chosen) continue;
                foreach (var other in chosen) state.Hide(other);
                repaired = true;
            }
            else
            {
                repaired |= sums.Widen(cell);
            }
            if (budget.IsPast(SearchShare)) break;
        }
        return repaired;
    }

    /// <summary>The last resort: the tables that a cell without proof is in, or shares a sum with, are hidden whole; false if they
    /// are.</summary>
    private bool HideTablesOf(List<int> open)
    {
        var around = open.SelectMany(system.SumsOf).SelectMany(s => system.Sums[s].Cells).Concat(open).ToHashSet();
        if (HideTables(t => tables[t].Any(around.Contains))) return true;
        return HideTables(_ => true);
    }

    private bool HideTables(Func<int, bool> which)
    {
        var hid = false;
        foreach (var table in Enumerable.Range(0, tables.Count).Where(which))
            foreach (var cell in tables[table].Where(state.MayHide))
            {
                state.Hide(cell);
                hiddenWhole.Add(table);
                hid = true;
            }
        return hid;
    }
}
