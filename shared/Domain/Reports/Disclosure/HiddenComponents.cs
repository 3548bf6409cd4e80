namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Hidden cells that hang together: what is known of one may tell of another only within its set.</summary>
internal static class HiddenComponents
{
    /// <param name="shown">The published value of each cell; null where it is hidden.</param>
    /// <param name="from">Only sets that hold one of these cells; null for all.</param>
    public static List<int[]> Of(LinkedSystem system, IReadOnlyList<long?> shown, IEnumerable<int>? from = null)
    {
        var seen = new bool[system.Count];
        var components = new List<int[]>();
        foreach (var start in from ?? Enumerable.Range(0, system.Count))
        {
            if (seen[start] || shown[start] is not null) continue;
            seen[start] = true;
            var component = new List<int> { start };
            for (var i = 0; i < component.Count; i++)
                foreach (var sum in system.SumsOf(component[i]))
                    foreach (var cell in system.Sums[sum].Cells)
                    {
                        if (seen[cell] || shown[cell] is not null) continue;
                        seen[cell] = true;
                        component.Add(cell);
                    }
            component.Sort();
            components.Add([.. component]);
        }
        return components;
    }
}
