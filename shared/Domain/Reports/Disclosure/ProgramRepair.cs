namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Repair by a linear program (after Kelly, Golden and Assad 1992): two complete tables that differ enough at the attacked cell,
/// where moving a shown cell away from its value costs what hiding it would. The cells that move are hidden.</summary>
internal sealed class ProgramRepair(SuppressionState state, WorkBudget budget)
{
    private const double Moved = 1e-6;

    /// <summary>The program charges by how far a cell moves, but hiding is all or nothing: cells that moved are made cheaper, the rest
    /// dearer, a few times over, so that the moves gather in few cells.</summary>
    private const int Rounds = 4;

    private readonly LinkedSystem system = state.System;

    /// <summary>The cells to hide beside those that are; none if the cell is open enough already. Null if hiding cannot open it.</summary>
    /// <param name="block">The cells that may move, the attacked one among them.</param>
    public IReadOnlyList<int>? CellsToHide(IReadOnlyList<int> block, int attacked)
    {
        using var program = new LinearProgram();
        var places = new Dictionary<int, int>(block.Count);
        var sums = block.SelectMany(system.SumsOf).Distinct().Select(s => system.Sums[s]).ToList();
        // Room enough for any total, and finite.
        var most = 2.0 * sums.Max(s => s.Cells.Sum(c => state.Shown[c] ?? 0)) + 20.0 * system.WidthOf(attacked);
        foreach (var cell in block) places[cell] = AddCell(program, cell, most);
        foreach (var sum in sums) AddSum(program, sum, places);
        AddDifference(program, places[attacked], attacked);

        var movable = block.Where(state.MayHide).ToList();
        List<int>? chosen = null;
        var weights = movable.ToDictionary(c => c, c => state.Costs[c]);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var cell in movable)
                for (var v = 0; v < 4; v++) program.SetWeight(places[cell] + v, weights[cell]);
            if (program.Solve(maximize: false, budget.Left) is not { } values) return chosen;
            double MoveOf(int cell) => Enumerable.Range(places[cell], 4).Sum(v => values[v]);
            var moved = movable.FindAll(c => MoveOf(c) > Moved);
            if (chosen is null || CostOf(moved) < CostOf(chosen)) chosen = moved;
            if (moved.Count <= 1) break;
            foreach (var cell in movable) weights[cell] = state.Costs[cell] / (0.05 + MoveOf(cell) / system.WidthOf(attacked));
        }
        return chosen;
    }

    /// <summary>The cells that hang together with a cell by sums, shown ones that may be hidden included; null if they are more than
    /// <paramref name="limit"/>.</summary>
    public IReadOnlyList<int>? BlockOf(int cell, int limit)
    {
        var block = new List<int> { cell };
        var seen = new HashSet<int> { cell };
        for (var i = 0; i < block.Count; i++)
            foreach (var sum in system.SumsOf(block[i]))
                foreach (var other in system.Sums[sum].Cells)
                {
                    if (!(state.IsHidden(other) || state.MayHide(other)) || !seen.Add(other)) continue;
                    block.Add(other);
                    if (block.Count > limit) return null;
                }
        return block;
    }

    private double CostOf(IEnumerable<int> cells) => cells.Sum(c => state.Costs[c]);

    /// <summary>A hidden cell has a value in the low table and one in the high; a shown cell has four steps from its count: down and up in
    /// each. Returns the first variable's place.</summary>
    private int AddCell(LinearProgram program, int cell, double most)
    {
        if (state.Shown[cell] is not { } count)
        {
            var first = program.AddVariable(0, most);
            program.AddVariable(0, most);
            return first;
        }
        var place = program.AddVariable(0, count);
        program.AddVariable(0, most);
        program.AddVariable(0, count);
        program.AddVariable(0, most);
        return place;
    }

    private void AddSum(LinearProgram program, SumOf sum, Dictionary<int, int> places)
    {
        foreach (var high in (ReadOnlySpan<bool>)[false, true])
        {
            var terms = new List<(int, double)>();
            double known = 0;
            foreach (var part in sum.Parts) known += AddTerms(terms, part, places, 1, high);
            known += AddTerms(terms, sum.Total, places, -1, high);
            program.AddConstraint(-known, -known, terms);
        }
    }

    private void AddDifference(LinearProgram program, int place, int attacked) =>
        program.AddConstraint(system.WidthOf(attacked), double.PositiveInfinity, [(place, -1.0), (place + 1, 1.0)]);

    /// <summary>Adds a cell's variables to a sum and returns the part of it that is constant.</summary>
    private double AddTerms(List<(int, double)> terms, int cell, Dictionary<int, int> places, int factor, bool high)
    {
        var shown = state.Shown[cell];
        if (places.TryGetValue(cell, out var place))
        {
            if (shown is null)
            {
                terms.Add((place + (high ? 1 : 0), factor));
            }
            else
            {
                terms.Add((place + (high ? 2 : 0), -factor));
                terms.Add((place + (high ? 3 : 1), factor));
            }
        }
        return factor * (shown ?? 0.0);
    }
}
