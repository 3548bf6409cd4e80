namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>The tables found for a component, and how far apart they put each cell.</summary>
internal sealed class WitnessRange(ComponentSums sums)
{
    private readonly List<WitnessTable> tables = [];
    private readonly int[] lowest = new int[sums.Cells.Length];
    private readonly int[] highest = new int[sums.Cells.Length];

    public void Add(WitnessTable table)
    {
        tables.Add(table);
        var place = tables.Count - 1;
        for (var i = 0; i < lowest.Length; i++)
        {
            if (WitnessWidth.IsLess(table, tables[lowest[i]], i) && !IsWide(i)) lowest[i] = place;
            if (WitnessWidth.IsLess(tables[highest[i]], table, i) && !IsWide(i)) highest[i] = place;
        }
    }

    public bool IsWide(int cell) => tables.Count > 0 && WitnessWidth.Reaches(tables[lowest[cell]], tables[highest[cell]], cell, sums.Widths[cell]);

    public List<int> Open() => [.. Enumerable.Range(0, lowest.Length).Where(i => !IsWide(i))];

    /// <summary>The tables that some cell rests on.</summary>
    public List<WitnessTable> NeededTables() =>
        [.. lowest.Concat(highest).Distinct().Order().Where(i => i < tables.Count).Select(i => tables[i])];
}

/// <summary>How far apart two tables put a cell, in whole numbers.</summary>
internal static class WitnessWidth
{
    public static bool IsLess(WitnessTable one, WitnessTable other, int cell) =>
        (Int128)one.Values[cell] * other.Denominator < (Int128)other.Values[cell] * one.Denominator;

    public static bool Reaches(WitnessTable low, WitnessTable high, int cell, long width) =>
        (Int128)high.Values[cell] * low.Denominator - (Int128)low.Values[cell] * high.Denominator >= (Int128)width * low.Denominator * high.Denominator;
}
