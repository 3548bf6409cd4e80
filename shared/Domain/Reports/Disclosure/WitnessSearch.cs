namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>One set of other values for a component's cells that agrees with everything published.</summary>
internal sealed record WitnessTable(int Denominator, long[] Values);

/// <summary>What a search came to.</summary>
/// <param name="Open">Cells whose interval is too narrow, or was not proved wide enough in time; empty if the component is proved.</param>
internal sealed record ComponentProof(int[] Cells, IReadOnlyList<WitnessTable> Tables, IReadOnlyList<int> Open)
{
    public bool IsProved => Open.Count == 0;
}

/// <summary>Looks for tables that agree with everything published and differ enough at every hidden cell. It is given published numbers
/// only, so that what it finds cannot hold more than they do.</summary>
internal sealed class WitnessSearch(LinkedSystem system, WorkBudget budget)
{
    private static readonly int[] Denominators = [1, 2, 3, 4, 6, 12];

    /// <summary>So many rounds without a newly proved cell, then each cell is asked for by itself.</summary>
    private const int PatienceInRounds = 3;

    public ComponentProof Prove(IReadOnlyList<long?> shown, int[] cells)
    {
        var sums = ComponentSums.Of(system, shown, cells);
        var bounds = new ComponentBounds(sums);
        var narrow = Enumerable.Range(0, cells.Length)
            .Where(i => bounds.MostOf(i) is { } most && most - bounds.LeastOf(i) < sums.Widths[i]).Select(i => cells[i]).ToList();
        if (narrow.Count > 0) return new ComponentProof(cells, [], narrow);
        using var program = ProgramOf(sums, bounds);
        var range = new WitnessRange(sums);
        SearchTogether(program, sums, range);
        SearchOneByOne(program, sums, range);
        return new ComponentProof(cells, range.NeededTables(), [.. range.Open().Select(i => cells[i])]);
    }

    /// <summary>Many cells at a time: tables that crowd the row sums into the cells still open, at random, and then empty them.</summary>
    private void SearchTogether(LinearProgram program, ComponentSums sums, WitnessRange range)
    {
        var random = new Random(sums.Cells[0] ^ (sums.Cells.Length << 8));
        var open = range.Open();
        for (var (round, idle) = (0, 0); open.Count > 0 && idle < PatienceInRounds && !budget.IsSpent; round++)
        {
            foreach (var cell in open) program.SetWeight(cell, 0.5 + random.NextDouble());
            Solve(program, sums, range, maximize: round % 2 == 0);
            foreach (var cell in open) program.SetWeight(cell, 0);
            var before = open.Count;
            open = range.Open();
            idle = open.Count == before ? idle + 1 : 0;
        }
    }

    private void SearchOneByOne(LinearProgram program, ComponentSums sums, WitnessRange range)
    {
        foreach (var cell in range.Open())
        {
            foreach (var maximize in (ReadOnlySpan<bool>)[true, false])
            {
                if (range.IsWide(cell) || budget.IsSpent) break;
                program.SetWeight(cell, 1);
                Solve(program, sums, range, maximize);
                program.SetWeight(cell, 0);
            }
        }
    }

    private void Solve(LinearProgram program, ComponentSums sums, WitnessRange range, bool maximize)
    {
        if (program.Solve(maximize, budget.Left) is not { } values) return;
        foreach (var denominator in Denominators)
        {
            var exact = Array.ConvertAll(values, v => (long)Math.Round(v * denominator));
            if (!sums.Holds(exact, denominator)) continue;
            range.Add(new WitnessTable(denominator, exact));
            return;
        }
    }

    private static LinearProgram ProgramOf(ComponentSums sums, ComponentBounds bounds)
    {
        // Where only other hidden cells bound a cell, something must keep the program finite.
        var most = 4.0 * sums.Rows.Max(r => Math.Abs(r.Sum)) + 8.0 * sums.Widths.Max() * sums.Widths.Length;
        var program = new LinearProgram();
        for (var i = 0; i < sums.Cells.Length; i++) program.AddVariable(bounds.LeastOf(i), bounds.MostOf(i) ?? most);
        foreach (var row in sums.Rows) program.AddConstraint(row.Sum, row.Sum, row.Terms.Select(t => (t.Cell, (double)t.Factor)));
        return program;
    }
}
