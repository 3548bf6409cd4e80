namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What hiding a cell costs the reader: 1 for a small cell of the finest codes, more for totals, most for a district's
/// margins.</summary>
internal static class CellCosts
{
    /// <summary>Each dimension in which a cell is a total makes it so much dearer.</summary>
    private const double Total = 2;
    private const double SparedTotal = 3;

    /// <summary>Of two cells alike, the one that counts fewer is hidden: added in full at a million.</summary>
    private const double Size = 0.2;

    public static double Of(CountTable table, int index, bool sparesTotals)
    {
        var cost = table.Importance;
        for (var d = 0; d < table.Shape.Dimensions.Count; d++)
            if (table.Shape.Dimensions[d].Hierarchy.ChildrenOf(table.Shape.CodeAt(index, d)).Count > 0) cost *= sparesTotals ? SparedTotal : Total;
        return cost + Size * Math.Log10(1 + table.Counts[index]) / 6;
    }
}
