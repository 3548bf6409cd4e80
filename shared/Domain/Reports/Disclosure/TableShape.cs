namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A table without its numbers: what it counts, by which dimensions. Its cells are all combinations of the listed codes, the last
/// dimension running fastest.</summary>
public sealed class TableShape
{
    /// <summary>More than any table that a person would read.</summary>
    public const int MaxCells = 2_000_000;

    private readonly Dictionary<Code, int>[] places;
    private readonly Dictionary<Code, int[]>[] covering;
    private readonly int[] strides;

    /// <param name="universe">What is counted, such as <c>pupils screened</c>. Tables of one universe share the cells of equal codes, and
    /// whatever sums in one holds in all.</param>
    /// <exception cref="ArgumentException">No dimension, two of one name, a code listed twice or not of the hierarchy, or too many
    /// cells.</exception>
    public TableShape(string name, string universe, IReadOnlyList<Dimension> dimensions)
    {
        Name = name;
        Universe = universe;
        Dimensions = dimensions;
        if (dimensions.Count == 0) throw new ArgumentException($"{name} has no dimension.", nameof(dimensions));
        if (dimensions.Select(d => d.Name).Distinct().Count() < dimensions.Count)
            throw new ArgumentException($"{name} has two dimensions of one name.", nameof(dimensions));
        places = [.. dimensions.Select(PlacesOf)];
        covering = [.. dimensions.Select((d, i) => CoveringOf(d, places[i]))];
        strides = new int[dimensions.Count];
        long count = 1;
        for (var i = dimensions.Count - 1; i >= 0; i--)
        {
            strides[i] = (int)count;
            count *= dimensions[i].Codes.Count;
            if (count > MaxCells) throw new ArgumentException($"{name} has more than {MaxCells:N0} cells.", nameof(dimensions));
        }
        Count = (int)count;
    }

    public string Name { get; }

    public string Universe { get; }

    public IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>How many cells, totals included.</summary>
    public int Count { get; }

    /// <summary>How much one pupil may add to a cell: 1 where pupils are counted, the sessions of the period where sessions are. What must
    /// stay open of a hidden cell is as many times wider.</summary>
    public int PerPupil { get; init; } = 1;

    /// <exception cref="KeyNotFoundException">A code that is not listed.</exception>
    public int IndexOf(params ReadOnlySpan<Code> codes)
    {
        var index = 0;
        for (var i = 0; i < codes.Length; i++) index += places[i][codes[i]] * strides[i];
        return index;
    }

    /// <summary>The cell's code in each dimension.</summary>
    public Code[] CodesAt(int index)
    {
        var codes = new Code[Dimensions.Count];
        for (var i = 0; i < codes.Length; i++) codes[i] = CodeAt(index, i);
        return codes;
    }

    /// <summary>The cell's code in one dimension.</summary>
    public Code CodeAt(int index, int dimension) => Dimensions[dimension].Codes[PlaceAt(index, dimension)];

    internal int PlaceAt(int index, int dimension) => index / strides[dimension] % Dimensions[dimension].Codes.Count;

    /// <summary>The same cell but for its code in one dimension; null where that code is not listed.</summary>
    public int? WithCode(int index, int dimension, Code code) =>
        places[dimension].TryGetValue(code, out var place)
            ? index + (place - PlaceAt(index, dimension)) * strides[dimension]
            : null;

    /// <summary>The listed cells that a leaf counts in.</summary>
    internal IEnumerable<int> CoveringCells(IReadOnlyList<Code> leaf)
    {
        if (leaf.Count != Dimensions.Count) throw new ArgumentException($"{Name} has {Dimensions.Count} dimensions, a leaf {leaf.Count} codes.");
        IEnumerable<int> cells = [0];
        for (var i = 0; i < leaf.Count; i++)
        {
            if (!covering[i].TryGetValue(leaf[i], out var above))
                throw new ArgumentException($"{Name}: {leaf[i]} is no finest code of {Dimensions[i].Name}.");
            var stride = strides[i];
            cells = cells.SelectMany(cell => above.Select(place => cell + place * stride));
        }
        return cells;
    }

    private Dictionary<Code, int> PlacesOf(Dimension dimension)
    {
        var known = dimension.Hierarchy.Codes.ToHashSet();
        var listed = new Dictionary<Code, int>();
        foreach (var code in dimension.Codes)
        {
            if (!known.Contains(code)) throw new ArgumentException($"{Name}: {code} is not in the hierarchy of {dimension.Name}.");
            if (!listed.TryAdd(code, listed.Count)) throw new ArgumentException($"{Name}: {code} is listed twice in {dimension.Name}.");
        }
        return listed;
    }

    /// <summary>For each leaf the places of the listed codes at and above it.</summary>
    private static Dictionary<Code, int[]> CoveringOf(Dimension dimension, Dictionary<Code, int> listed)
    {
        var covering = new Dictionary<Code, int[]>();
        foreach (var leaf in dimension.Hierarchy.Codes.Where(c => dimension.Hierarchy.ChildrenOf(c).Count == 0))
        {
            var above = new List<int>();
            for (Code? at = leaf; at is { } code; at = dimension.Hierarchy.ParentOf(code))
                if (listed.TryGetValue(code, out var place)) above.Add(place);
            covering[leaf] = [.. above];
        }
        return covering;
    }
}
