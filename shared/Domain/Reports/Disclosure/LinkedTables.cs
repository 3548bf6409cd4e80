namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A table in the system: which cell of the system each of its cells is.</summary>
internal sealed record LinkedTable(int Release, TableShape Shape, CellIdentity Identity, int[] Cells);

/// <summary>Builds the system of a release and of the earlier tables that share cells or sums with it.</summary>
internal sealed class LinkedTables
{
    private readonly HashSet<SumOf> known = new(new SameSum());

    private LinkedTables(int width) => this.width = width;

    private readonly int width;

    public LinkedSystem System { get; } = new();

    public List<LinkedTable> Tables { get; } = [];

    /// <summary>Why nothing can be proved of these tables; null if it can.</summary>
    public string? WhyNot => TableRing.Find(Tables.Select(t => t.Shape)) is { } ring
        ? $"The tables tie {string.Join(", ", ring)} in a ring, so that they tell more than their totals do. Give one table of all of them."
        : null;

    /// <summary>The system of <paramref name="releases"/>, the last of which is the one looked at.</summary>
    /// <param name="width">The policy's.</param>
    public static LinkedTables Of(IReadOnlyList<IReadOnlyList<TableShape>> releases, int width)
    {
        var linked = new LinkedTables(width);
        foreach (var (release, shape) in Reachable(releases)) linked.AddCells(release, shape);
        foreach (var table in linked.Tables) linked.AddSums(table);
        return linked;
    }

    /// <summary>The tables that the last release's tables share cells or sums with, through others if need be; oldest first.</summary>
    private static List<(int Release, TableShape Shape)> Reachable(IReadOnlyList<IReadOnlyList<TableShape>> releases)
    {
        var last = releases.Count - 1;
        var rest = releases.Take(last).SelectMany((shapes, release) => shapes.Select(shape => (release, shape))).ToList();
        var reached = releases[last].Select(shape => (last, shape)).ToList();
        for (var i = 0; i < reached.Count; i++)
        {
            var touching = rest.FindAll(other => Touch(reached[i].shape, other.shape));
            if (touching.Count == 0) continue;
            reached.AddRange(touching);
            rest.RemoveAll(touching.Contains);
        }
        return [.. reached.OrderBy(t => t.Item1)];
    }

    /// <summary>Whether two tables can share a cell, one sum over cells of the other, or one revise the other.</summary>
    private static bool Touch(TableShape one, TableShape other) =>
        one.Universe == other.Universe
        && one.Dimensions.All(d => other.Dimensions.FirstOrDefault(o => o.Name == d.Name) is not { } same || Used(d).Overlaps(Used(same)));

    /// <summary>The names of the codes that a table lists, or sums over.</summary>
    internal static HashSet<string> Used(Dimension dimension) =>
        [.. dimension.Codes.Concat(dimension.Codes.SelectMany(dimension.Hierarchy.ChildrenOf)).Select(c => c.Name)];

    private void AddCells(int release, TableShape shape)
    {
        var identity = new CellIdentity(shape);
        var cells = new int[shape.Count];
        for (var i = 0; i < cells.Length; i++) cells[i] = System.Add(identity.Of(i), width * shape.PerPupil);
        Tables.Add(new LinkedTable(release, shape, identity, cells));
    }

    private void AddSums(LinkedTable table)
    {
        for (var dimension = 0; dimension < table.Shape.Dimensions.Count; dimension++)
        {
            var hierarchy = table.Shape.Dimensions[dimension].Hierarchy;
            for (var i = 0; i < table.Cells.Length; i++)
            {
                var children = hierarchy.ChildrenOf(table.Shape.CodeAt(i, dimension));
                if (children.Count > 0 && PartsOf(table, i, dimension, children) is { } parts)
                {
                    var sum = new SumOf(table.Cells[i], parts);
                    if (known.Add(sum)) System.Add(sum);
                }
            }
        }
    }

    /// <summary>The cells that sum to one; those that no table lists are cells nobody has seen. Null where no part is listed: the sum says
    /// nothing then.</summary>
    private int[]? PartsOf(LinkedTable table, int total, int dimension, IReadOnlyList<Code> children)
    {
        var parts = new int[children.Count];
        var missing = new List<(int At, string Identity)>();
        for (var i = 0; i < parts.Length; i++)
        {
            if (table.Shape.WithCode(total, dimension, children[i]) is { } place)
            {
                parts[i] = table.Cells[place];
                continue;
            }
            var identity = table.Identity.Of(total, dimension, children[i]);
            if (System.Find(identity) is { } elsewhere) parts[i] = elsewhere;
            else missing.Add((i, identity));
        }
        if (missing.Count == parts.Length) return null;
        foreach (var (at, identity) in missing) parts[at] = System.Add(identity, width * table.Shape.PerPupil);
        return parts;
    }

    private sealed class SameSum : IEqualityComparer<SumOf>
    {
        public bool Equals(SumOf? x, SumOf? y) => x!.Total == y!.Total && x.Parts.AsSpan().SequenceEqual(y.Parts);

        public int GetHashCode(SumOf sum) => HashCode.Combine(sum.Total, sum.Parts.Length, sum.Parts[0], sum.Parts[^1]);
    }
}
