namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What earlier releases say of the system's cells.</summary>
/// <param name="Values">The count where a release shows it; else null.</param>
/// <param name="HiddenBefore">Whether a release hides it and none shows it.</param>
/// <param name="Contradictions">Cells that two releases show with different counts, in words.</param>
internal sealed record PublishedCells(long?[] Values, bool[] HiddenBefore, IReadOnlyList<string> Contradictions)
{
    public static PublishedCells Of(LinkedTables linked, IReadOnlyList<PublishedRelease> releases)
    {
        var values = new long?[linked.System.Count];
        var hidden = new bool[linked.System.Count];
        var contradictions = new List<string>();
        foreach (var table in linked.Tables.Where(t => t.Release < releases.Count))
        {
            var counts = releases[table.Release].Tables.First(t => ReferenceEquals(t.Shape, table.Shape)).Counts;
            for (var i = 0; i < counts.Count; i++)
            {
                var cell = table.Cells[i];
                if (counts[i] is not { } count) hidden[cell] = true;
                else if (values[cell] is { } other && other != count)
                    contradictions.Add($"{linked.System.IdentityOf(cell)} is {other} in one published table and {count} in {table.Shape.Name} of {releases[table.Release].Name}.");
                else values[cell] = count;
            }
        }
        for (var cell = 0; cell < hidden.Length; cell++) hidden[cell] &= values[cell] is null;
        return new PublishedCells(values, hidden, contradictions);
    }
}
