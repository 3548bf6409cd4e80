namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Turns a solver's answer with fractions into whole numbers: the cells with fractions and those beside them are moved by a small
/// program of whole numbers, the rest stays.</summary>
internal static class WholeNumbers
{
    private const double Rounding = 1e-6;

    /// <summary>How far around the fractions cells may move, tried in turn: those in sums of at most so many hidden cells, by so many.</summary>
    private static readonly (int Terms, int By)[] Reaches = [(30, 1), (30, 4)];

    /// <summary>With more fractions than this the small program would be none.</summary>
    private const int MostFractions = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(0.3);

    /// <summary>Null if none was found. What is found is still to be checked.</summary>
    /// <param name="wish">What to make large of the cells that move.</param>
    public static long[]? Near(double[] values, ComponentSums sums, Func<int, double> wish)
    {
        var whole = Array.ConvertAll(values, v => (long)Math.Round(v));
        var fractional = Enumerable.Range(0, values.Length).Where(i => Math.Abs(values[i] - whole[i]) > Rounding).ToHashSet();
        if (fractional.Count == 0) return whole;
        if (fractional.Count > MostFractions) return null;
        return Reaches.Select(reach => Move(values, whole, fractional, sums, reach, wish)).FirstOrDefault(moved => moved is not null);
    }

    private static long[]? Move(double[] values, long[] whole, HashSet<int> fractional, ComponentSums sums, (int Terms, int By) reach, Func<int, double> wish)
    {
        using var program = new LinearProgram(whole: true);
        var places = new Dictionary<int, int>();
        var beside = sums.Rows.Where(r => r.Terms.Length <= reach.Terms && r.Terms.Any(t => fractional.Contains(t.Cell))).SelectMany(r => r.Terms).Select(t => t.Cell);
        foreach (var cell in fractional.Concat(beside).Distinct())
        {
            places[cell] = program.AddVariable(Math.Max(0, Math.Ceiling(values[cell] - reach.By)), Math.Floor(values[cell] + reach.By));
            program.SetWeight(places[cell], wish(cell));
        }
        foreach (var row in sums.Rows.Where(r => r.Terms.Any(t => places.ContainsKey(t.Cell))))
        {
            var rest = row.Sum - row.Terms.Where(t => !places.ContainsKey(t.Cell)).Sum(t => t.Factor * whole[t.Cell]);
            program.AddConstraint(rest, rest, row.Terms.Where(t => places.ContainsKey(t.Cell)).Select(t => (places[t.Cell], (double)t.Factor)));
        }
        if (program.Solve(maximize: true, Limit) is not { } solved) return null;
        var moved = (long[])whole.Clone();
        foreach (var (cell, place) in places) moved[cell] = (long)Math.Round(solved[place]);
        return moved;
    }
}
