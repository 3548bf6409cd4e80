namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What is known of any safe choice of cells to hide, and the least choice that agrees with it.</summary>
internal sealed class HidingDemands : IDisposable
{
    private readonly LinearProgram program = new(whole: true);
    private readonly Dictionary<int, int> places = [];
    private readonly Dictionary<int, double> weights = [];

    /// <param name="free">The cells that may be hidden or not.</param>
    public HidingDemands(IEnumerable<int> free)
    {
        foreach (var cell in free) places[cell] = program.AddVariable(0, 1);
    }

    /// <summary>What makes one choice less than another.</summary>
    public void Weigh(Func<int, double> weightOf)
    {
        foreach (var (cell, place) in places)
        {
            weights[cell] = weightOf(cell);
            program.SetWeight(place, weights[cell]);
        }
    }

    /// <summary>No choice hides more cells than these.</summary>
    public void Limit(int cells) => program.AddConstraint(0, cells, places.Values.Select(place => (place, 1.0)));

    /// <summary>Where the cell is hidden, one of the others must be.</summary>
    public void Add(int cell, IReadOnlyCollection<int> others)
    {
        var terms = others.Select(o => (places[o], 1.0));
        if (places.TryGetValue(cell, out var place)) program.AddConstraint(0, double.PositiveInfinity, terms.Append((place, -1.0)));
        else program.AddConstraint(1, double.PositiveInfinity, terms);
    }

    /// <summary>Null where nothing agrees, or none was found in time.</summary>
    public HashSet<int>? Least(TimeSpan limit) =>
        program.Solve(maximize: false, limit) is { } values ? [.. places.Where(p => values[p.Value] > 0.5).Select(p => p.Key)] : null;

    public double WeightOf(IEnumerable<int> choice) => choice.Sum(c => weights[c]);

    public void Dispose() => program.Dispose();
}
