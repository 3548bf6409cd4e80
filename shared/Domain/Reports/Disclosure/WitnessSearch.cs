namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What a search came to.</summary>
/// <param name="Path">The tables found; null if none was.</param>
/// <param name="Open">Cells whose interval is too narrow, or was not proved wide enough in time; empty if the component is proved.</param>
internal sealed record ComponentProof(int[] Cells, WitnessPath? Path, IReadOnlyList<int> Open)
{
    public bool IsProved => Open.Count == 0;
}

/// <summary>What a table is looked for to do with the cells still open.</summary>
internal enum WitnessWay
{
    /// <summary>To put into as many as can be what each needs.</summary>
    Share,
    /// <summary>To put little into them.</summary>
    Drain,
    /// <summary>To put as much as can be into some of them.</summary>
    Crowd,
}

/// <summary>Looks for tables that agree with everything published and differ enough at every hidden cell. It is given published numbers
/// only, so that what it finds cannot hold more than they do.</summary>
internal sealed class WitnessSearch(LinkedSystem system, WorkBudget budget)
{
    /// <summary>So many tables without a newly proved cell, then the whole component is not moved any more.</summary>
    private const int Patience = 6;

    /// <summary>A way that proves less than this part of the open cells gives way to the next.</summary>
    private const int SlowShare = 40;

    private const int FirstTries = 4;

    public ComponentProof Prove(IReadOnlyList<long?> shown, int[] cells)
    {
        var sums = ComponentSums.Of(system, shown, cells);
        var bounds = new ComponentBounds(sums);
        var narrow = Enumerable.Range(0, cells.Length)
            .Where(i => bounds.MostOf(i) is { } most && most - bounds.LeastOf(i) < sums.Widths[i]).Select(i => cells[i]).ToList();
        if (narrow.Count > 0) return new ComponentProof(cells, null, narrow);

        // Where only other hidden cells bound a cell, something must keep the program finite.
        var ceiling = 4.0 * sums.Rows.Max(r => Math.Abs(r.Sum)) + 8.0 * sums.Widths.Max() * cells.Length;
        var limits = Enumerable.Range(0, cells.Length).Select(i => ((double)bounds.LeastOf(i), bounds.MostOf(i) ?? ceiling)).ToArray();
        using var program = new WitnessProgram(limits, sums.Rows);
        var random = new Random(cells[0] ^ (cells.Length << 8));
        if (First(program, sums, random) is not { } path) return new ComponentProof(cells, null, cells);
        MoveAll(program, sums, path, random);
        new WitnessSteps(sums, limits, path, budget, random).Run();
        return new ComponentProof(cells, path, [.. path.Open().Select(i => cells[i])]);
    }

    /// <summary>A first table, of whole numbers if one turns up.</summary>
    private WitnessPath? First(WitnessProgram program, ComponentSums sums, Random random)
    {
        WitnessPath? fallback = null;
        for (var attempt = 0; attempt < FirstTries && !budget.IsSpent; attempt++)
        {
            for (var cell = 0; cell < sums.Cells.Length; cell++) program.Wish(cell, random.NextDouble(), null);
            var values = program.Solve(fill: attempt % 2 == 0, budget.Left);
            for (var cell = 0; cell < sums.Cells.Length; cell++) program.Unwish(cell);
            if (values is null) continue;
            if (WholeNumbers.Near(values, sums, _ => 0) is { } whole && WitnessPath.From(sums, 1, whole) is { } path) return path;
            if (ExactTable.From(values) is var (denominator, exact)) fallback ??= WitnessPath.From(sums, denominator, exact);
        }
        return fallback;
    }

    /// <summary>Many cells at a time: tables that crowd what a row has into cells still open, at random, that drain them, or that share it
    /// among them.</summary>
    private void MoveAll(WitnessProgram program, ComponentSums sums, WitnessPath path, Random random)
    {
        var open = path.Open();
        var way = WitnessWay.Share;
        for (var idle = 0; open.Count > 0 && idle < Patience && !budget.IsSpent;)
        {
            foreach (var cell in open)
                program.Wish(cell, 0.5 + random.NextDouble(), way == WitnessWay.Share ? (double)path.Needed(cell) / path.Denominator : null);
            if (program.Solve(fill: way != WitnessWay.Drain, budget.Left) is { } values)
                Step(path, sums, values, cell => path.IsWide(cell) ? 0 : way == WitnessWay.Drain ? -1 : 1);
            foreach (var cell in open) program.Unwish(cell);
            var before = open.Count;
            open = path.Open();
            var slow = (before - open.Count) * SlowShare < before;
            idle = open.Count < before ? 0 : idle + 1;
            if (slow) way = way == WitnessWay.Crowd ? WitnessWay.Share : way + 1;
        }
    }

    private static void Step(WitnessPath path, ComponentSums sums, double[] values, Func<int, double> wish)
    {
        var table = path.Denominator == 1 ? WholeNumbers.Near(values, sums, wish) : Array.ConvertAll(values, v => (long)Math.Round(v * path.Denominator));
        if (table is not null) path.Step([.. table.Select((value, cell) => (cell, value)).Where(c => c.value != path.ValueOf(c.cell))]);
    }
}
