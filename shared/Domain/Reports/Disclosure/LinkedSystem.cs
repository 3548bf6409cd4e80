namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A cell that is the sum of others.</summary>
internal sealed record SumOf(int Total, int[] Parts)
{
    public IEnumerable<int> Cells => Parts.Append(Total);
}

/// <summary>The cells of every table that hangs together with a release, each cell once, and all sums among them. Holds no number: the
/// structure is public, and both who hides and who checks start from it.</summary>
internal sealed class LinkedSystem
{
    private readonly List<string> identities = [];
    private readonly List<int> widths = [];
    private readonly Dictionary<string, int> places = [];
    private readonly List<SumOf> sums = [];
    private int[][]? sumsOf;

    /// <summary>How many cells.</summary>
    public int Count => identities.Count;

    public IReadOnlyList<SumOf> Sums => sums;

    /// <summary>The sums that a cell is in, as total or part.</summary>
    public int[] SumsOf(int cell) => (sumsOf ??= IndexSums())[cell];

    public string IdentityOf(int cell) => identities[cell];

    /// <summary>How far apart two possible values of the cell must be if it is hidden.</summary>
    public int WidthOf(int cell) => widths[cell];

    public int? Find(string identity) => places.TryGetValue(identity, out var cell) ? cell : null;

    internal int Add(string identity, int width)
    {
        if (!places.TryAdd(identity, Count)) return places[identity];
        identities.Add(identity);
        widths.Add(width);
        return Count - 1;
    }

    internal void Add(SumOf sum) => sums.Add(sum);

    private int[][] IndexSums()
    {
        var of = new List<int>[Count];
        for (var s = 0; s < sums.Count; s++)
            foreach (var cell in sums[s].Cells) (of[cell] ??= []).Add(s);
        return [.. of.Select(list => list?.ToArray() ?? [])];
    }
}
