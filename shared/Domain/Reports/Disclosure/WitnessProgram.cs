namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>The program of some cells and the rows between them: any of its corners is a table that agrees with what is published. A cell is
/// the sum of two variables, so that the first can be wished for up to a limit, and more than that is possible but wins nothing.</summary>
/// <param name="whole">Whether to look for whole numbers only; for small programs.</param>
internal sealed class WitnessProgram : IDisposable
{
    private readonly LinearProgram program;
    private readonly int cells;

    /// <param name="bounds">The least and the most of each cell.</param>
    public WitnessProgram(IReadOnlyList<(double Least, double Most)> bounds, IEnumerable<ComponentRow> rows, bool whole = false)
    {
        program = new LinearProgram(whole);
        cells = bounds.Count;
        foreach (var (least, most) in bounds)
        {
            program.AddVariable(least, most);
            program.AddVariable(0, most);
        }
        foreach (var row in rows)
            program.AddConstraint(row.Sum, row.Sum, row.Terms.SelectMany(t => new[] { (2 * t.Cell, (double)t.Factor), (2 * t.Cell + 1, (double)t.Factor) }));
    }

    /// <summary>Makes a cell count.</summary>
    /// <param name="upTo">No more than this is wished for; null where all of it counts.</param>
    public void Wish(int cell, double weight, double? upTo)
    {
        program.SetWeight(2 * cell, weight);
        program.SetWeight(2 * cell + 1, upTo is null ? weight : 0);
        if (upTo is { } limit) program.SetMost(2 * cell, limit);
    }

    public void Unwish(int cell)
    {
        program.SetWeight(2 * cell, 0);
        program.SetWeight(2 * cell + 1, 0);
        program.ResetMost(2 * cell);
    }

    /// <summary>The table that fulfils the wishes best, or the cells wished for least; null if none was found.</summary>
    public double[]? Solve(bool fill, TimeSpan limit)
    {
        if (program.Solve(fill, limit) is not { } solved) return null;
        var values = new double[cells];
        for (var i = 0; i < cells; i++) values[i] = solved[2 * i] + solved[2 * i + 1];
        return values;
    }

    public void Dispose() => program.Dispose();
}
