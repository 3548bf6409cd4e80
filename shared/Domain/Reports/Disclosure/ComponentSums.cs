namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A row of a component: factors of its cells, by place in the component, and what they must come to.</summary>
internal sealed record ComponentRow((int Cell, int Factor)[] Terms, long Sum);

/// <summary>What the published numbers say of one set of hidden cells that hang together: each sum they are in, with the shown cells
/// moved to the other side. The cells are not negative; nothing else is known of them.</summary>
internal sealed class ComponentSums
{
    private readonly int[][] rowsOf;

    private ComponentSums(LinkedSystem system, int[] cells, List<ComponentRow> rows)
    {
        Cells = cells;
        Rows = rows;
        Widths = [.. cells.Select(system.WidthOf)];
        var of = cells.Select(_ => new List<int>()).ToArray();
        for (var row = 0; row < rows.Count; row++)
            foreach (var (cell, _) in rows[row].Terms) of[cell].Add(row);
        rowsOf = [.. of.Select(list => list.Distinct().ToArray())];
    }

    public int[] Cells { get; }

    public int[] Widths { get; }

    public IReadOnlyList<ComponentRow> Rows { get; }

    public static ComponentSums Of(LinkedSystem system, IReadOnlyList<long?> shown, int[] cells)
    {
        var places = new Dictionary<int, int>(cells.Length);
        for (var i = 0; i < cells.Length; i++) places[cells[i]] = i;
        var rows = new List<ComponentRow>();
        var seen = new HashSet<int>();
        foreach (var cell in cells)
            foreach (var s in system.SumsOf(cell))
                if (seen.Add(s)) rows.Add(RowOf(system.Sums[s], shown, places));
        return new ComponentSums(system, cells, rows);
    }

    /// <summary>The rows a cell is in.</summary>
    public int[] RowsOf(int cell) => rowsOf[cell];

    /// <summary>Whether values, each over <paramref name="denominator"/>, agree with one row, in whole numbers.</summary>
    /// <exception cref="OverflowException">Values no count can have.</exception>
    public bool Holds(int row, long[] values, long denominator)
    {
        long sum = 0;
        foreach (var (cell, factor) in Rows[row].Terms) sum = checked(sum + factor * values[cell]);
        return sum == checked(Rows[row].Sum * denominator);
    }

    private static ComponentRow RowOf(SumOf sum, IReadOnlyList<long?> shown, Dictionary<int, int> places)
    {
        long rest = shown[sum.Total] ?? 0;
        var terms = new List<(int, int)>();
        if (shown[sum.Total] is null) terms.Add((places[sum.Total], -1));
        foreach (var part in sum.Parts)
        {
            if (shown[part] is { } known) rest -= known;
            else terms.Add((places[part], 1));
        }
        return new ComponentRow([.. terms], rest);
    }
}
