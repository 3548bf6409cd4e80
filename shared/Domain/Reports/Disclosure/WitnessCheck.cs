namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Holds the tables of a certificate against the published numbers.</summary>
internal sealed class WitnessCheck(LinkedSystem system, long?[] shown, Certificate certificate, List<CertificateFinding> findings)
{
    /// <summary>No vertex of a table of counts has a larger one in practice; far below what could overflow.</summary>
    private const int MostDenominator = 1_000_000;

    public void Run(IReadOnlyList<int[]> components)
    {
        var pools = new Dictionary<string, WitnessPool>();
        foreach (var pool in certificate.Pools)
            foreach (var cell in pool.Cells) pools.TryAdd(cell, pool);
        foreach (var component in components)
        {
            if (!pools.TryGetValue(system.IdentityOf(component[0]), out var pool)) Unproved(component[0]);
            else Check(component, pool);
        }
    }

    private void Check(int[] component, WitnessPool pool)
    {
        var places = new Dictionary<string, int>();
        for (var i = 0; i < component.Length; i++) places[system.IdentityOf(component[i])] = i;
        var columns = pool.Cells.Select(c => places.TryGetValue(c, out var place) ? place : -1).ToArray();
        if (columns.Contains(-1) || columns.Distinct().Count() < component.Length)
        {
            Unproved(component.Except(component.Where(c => pool.Cells.Contains(system.IdentityOf(c)))).FirstOrDefault(component[0]));
            return;
        }
        var sums = ComponentSums.Of(system, shown, component);
        var tables = new List<WitnessTable>();
        foreach (var witness in pool.Witnesses)
        {
            if (TableOf(witness, columns, component.Length) is { } table && Holds(sums, table)) tables.Add(table);
            else findings.Add(new(CertificateFault.WitnessDisagrees, $"A table of the proof around {pool.Cells[0]} does not agree with what is published."));
        }
        for (var i = 0; i < component.Length; i++)
            if (!IsWide(tables, i, sums.Widths[i]))
                findings.Add(new(CertificateFault.TooNarrow, $"{pool.Cells[Array.IndexOf(columns, i)]} does not differ by {sums.Widths[i]} in the proof."));
    }

    private static bool IsWide(List<WitnessTable> tables, int cell, long width)
    {
        if (tables.Count == 0) return false;
        var low = tables.Aggregate((a, b) => WitnessWidth.IsLess(b, a, cell) ? b : a);
        var high = tables.Aggregate((a, b) => WitnessWidth.IsLess(a, b, cell) ? b : a);
        return WitnessWidth.Reaches(low, high, cell, width);
    }

    private static bool Holds(ComponentSums sums, WitnessTable table)
    {
        try
        {
            return sums.Holds(table.Values, table.Denominator);
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static WitnessTable? TableOf(Witness witness, int[] columns, int cells)
    {
        if (witness.Denominator is < 1 or > MostDenominator || witness.Values.Count % 2 != 0) return null;
        var values = new long[cells];
        for (var i = 0; i < witness.Values.Count; i += 2)
        {
            if (witness.Values[i] < 0 || witness.Values[i] >= columns.Length) return null;
            values[columns[witness.Values[i]]] = witness.Values[i + 1];
        }
        return new WitnessTable(witness.Denominator, values);
    }

    private void Unproved(int cell) => findings.Add(new(CertificateFault.Unproved, $"{system.IdentityOf(cell)} is hidden, and the certificate has no proof for it."));
}
