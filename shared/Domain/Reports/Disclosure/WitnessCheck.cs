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
        if (Follow(ComponentSums.Of(system, shown, component), pool, columns) is not { } path)
        {
            findings.Add(new(CertificateFault.WitnessDisagrees, $"A table of the proof around {pool.Cells[0]} does not agree with what is published."));
            return;
        }
        foreach (var place in path.Open())
            findings.Add(new(CertificateFault.TooNarrow, $"{system.IdentityOf(component[place])} differs by {path.WidthOf(place)} in the proof, less than {system.WidthOf(component[place])}."));
    }

    /// <summary>Goes from table to table; null where one is none.</summary>
    private static WitnessPath? Follow(ComponentSums sums, WitnessPool pool, int[] columns)
    {
        if (pool.Denominator is < 1 or > MostDenominator || pool.Tables.Count == 0 || pool.Tables.Any(t => !IsTable(t, columns.Length))) return null;
        var first = new long[columns.Length];
        foreach (var (cell, value) in Changes(pool.Tables[0])) first[cell] = value;
        var path = WitnessPath.From(sums, pool.Denominator, first);
        return path is not null && pool.Tables.Skip(1).All(t => path.Step([.. Changes(t)])) ? path : null;

        IEnumerable<(int Cell, long Value)> Changes(IReadOnlyList<long> table) =>
            Enumerable.Range(0, table.Count / 2).Select(i => (columns[table[2 * i]], table[2 * i + 1]));
    }

    private static bool IsTable(IReadOnlyList<long> changes, int cells) =>
        changes.Count % 2 == 0 && Enumerable.Range(0, changes.Count / 2).All(i => changes[2 * i] >= 0 && changes[2 * i] < cells && changes[2 * i + 1] >= 0);

    private void Unproved(int cell) => findings.Add(new(CertificateFault.Unproved, $"{system.IdentityOf(cell)} is hidden, and the certificate has no proof for it."));
}
