namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A walk from table to table, each of which agrees with everything published, and how far apart it has put each cell. A step is
/// taken only if it checks in whole numbers: nothing here trusts whoever proposes it.</summary>
internal sealed class WitnessPath
{
    private readonly ComponentSums sums;
    private readonly int denominator;
    private readonly long[] current;
    private readonly long[] lowest;
    private readonly long[] highest;
    private readonly List<long[]> steps = [];

    private WitnessPath(ComponentSums sums, int denominator)
    {
        this.sums = sums;
        this.denominator = denominator;
        current = new long[sums.Cells.Length];
        lowest = new long[sums.Cells.Length];
        highest = new long[sums.Cells.Length];
    }

    public int Denominator => denominator;

    /// <summary>What changed with each table, place and new value in turn; the first from all zeros.</summary>
    public IReadOnlyList<long[]> Steps => steps;

    /// <summary>The cell's value in the last table, times the denominator.</summary>
    public long ValueOf(int cell) => current[cell];

    public bool IsWide(int cell) => highest[cell] - lowest[cell] >= (long)sums.Widths[cell] * denominator;

    /// <summary>How far apart the tables put the cell, rounded down.</summary>
    public long WidthOf(int cell) => (highest[cell] - lowest[cell]) / denominator;

    public IEnumerable<long> Widths() => Enumerable.Range(0, current.Length).Select(WidthOf);

    /// <summary>A value, times the denominator, that would put the cell wide enough apart.</summary>
    public long Needed(int cell) => lowest[cell] + (long)sums.Widths[cell] * denominator;

    public List<int> Open() => [.. Enumerable.Range(0, current.Length).Where(i => !IsWide(i))];

    /// <summary>Null where the values do not agree with what is published.</summary>
    public static WitnessPath? From(ComponentSums sums, int denominator, long[] values)
    {
        var path = new WitnessPath(sums, denominator);
        var filled = Enumerable.Range(0, values.Length).Where(i => values[i] != 0).Select(i => (i, values[i])).ToList();
        if (filled.Count == 0) path.steps.Add([]);
        else if (!path.Step(filled)) return null;
        // Rows of cells that are all zero were not touched by the step.
        for (var row = 0; row < sums.Rows.Count; row++)
            if (!sums.Holds(row, path.current, denominator)) return null;
        values.CopyTo(path.lowest, 0);
        values.CopyTo(path.highest, 0);
        return path;
    }

    /// <summary>Goes on to the table with these cells changed; false, and stays, if that is none.</summary>
    public bool Step(IReadOnlyList<(int Cell, long Value)> changes)
    {
        if (changes.Count == 0) return false;
        var before = changes.Select(c => current[c.Cell]).ToArray();
        foreach (var (cell, value) in changes) current[cell] = value;
        if (!Agrees(changes))
        {
            for (var i = changes.Count - 1; i >= 0; i--) current[changes[i].Cell] = before[i];
            return false;
        }
        foreach (var (cell, value) in changes)
        {
            lowest[cell] = Math.Min(lowest[cell], value);
            highest[cell] = Math.Max(highest[cell], value);
        }
        steps.Add([.. changes.SelectMany(c => new[] { c.Cell, c.Value })]);
        return true;
    }

    private bool Agrees(IReadOnlyList<(int Cell, long Value)> changes)
    {
        try
        {
            foreach (var (_, value) in changes)
                if (value < 0) return false;
            foreach (var row in changes.SelectMany(c => sums.RowsOf(c.Cell)).Distinct())
                if (!sums.Holds(row, current, denominator)) return false;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
