namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A count at the finest codes of a table's dimensions.</summary>
/// <param name="Codes">One leaf per dimension.</param>
/// <param name="Pupils">How many pupils are behind a count of something else (sessions, forms); null where pupils are counted.</param>
/// <param name="Largest">The largest contributions of single pupils, for the dominance rule; null where pupils are counted.</param>
public sealed record Leaf(IReadOnlyList<Code> Codes, long Count, long? Pupils = null, IReadOnlyList<long>? Largest = null);

/// <summary>What is behind a count that does not count pupils.</summary>
/// <param name="Pupils">How many; pupils of two leaves are taken for different ones.</param>
/// <param name="Largest">The largest contributions, falling, at most <see cref="Kept"/>.</param>
public sealed record Contributions(long Pupils, IReadOnlyList<long> Largest)
{
    public const int Kept = 3;

    internal static Contributions Of(Leaf leaf) =>
        new(leaf.Pupils ?? leaf.Count, [.. (leaf.Largest ?? []).OrderDescending().Take(Kept)]);

    internal Contributions With(Contributions other) =>
        new(Pupils + other.Pupils, [.. Largest.Concat(other.Largest).OrderDescending().Take(Kept)]);
}

/// <summary>The true counts of one table: every combination of its dimensions' codes, totals included. Never published.</summary>
public sealed class CountTable
{
    private CountTable(TableShape shape, long[] counts, Contributions?[]? contributions)
    {
        Shape = shape;
        Counts = counts;
        Behind = contributions;
    }

    public TableShape Shape { get; }

    public string Name => Shape.Name;

    /// <summary>In the shape's order.</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>In the shape's order; null where pupils are counted.</summary>
    public IReadOnlyList<Contributions?>? Behind { get; }

    /// <summary>How much a reader needs this table beside the others: hidden cells go to the table that counts less. 1 is usual.</summary>
    public double Importance { get; init; } = 1;

    public long this[params ReadOnlySpan<Code> codes] => Counts[Shape.IndexOf(codes)];

    /// <summary>Sums leaves up to every listed code. A combination without a leaf is zero; two leaves of one combination add up.</summary>
    /// <exception cref="ArgumentException">A leaf names a code that its dimension does not have, or that has children; or a count is
    /// negative.</exception>
    public static CountTable RollUp(TableShape shape, IEnumerable<Leaf> leaves)
    {
        var counts = new long[shape.Count];
        Contributions?[]? behind = null;
        foreach (var leaf in leaves)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(leaf.Count, nameof(leaves));
            var magnitude = leaf.Pupils is not null || leaf.Largest is not null;
            if (magnitude) behind ??= new Contributions?[shape.Count];
            foreach (var index in shape.CoveringCells(leaf.Codes))
            {
                counts[index] += leaf.Count;
                if (magnitude) behind![index] = behind[index]?.With(Contributions.Of(leaf)) ?? Contributions.Of(leaf);
            }
        }
        return new CountTable(shape, counts, behind);
    }

    /// <summary>Counts of every cell, totals as they were counted. <see cref="SmallCellSuppression"/> refuses totals that are not their
    /// parts' sum.</summary>
    /// <exception cref="ArgumentException">Not one count for each cell.</exception>
    public static CountTable Of(TableShape shape, IReadOnlyList<long> counts) =>
        counts.Count == shape.Count ? new CountTable(shape, [.. counts], null)
        : throw new ArgumentException($"{shape.Name} has {shape.Count} cells, not {counts.Count}.", nameof(counts));
}

/// <summary>Tables that are to be published together.</summary>
/// <param name="Name">Unique among a district's releases, such as <c>2026-W12</c> or <c>2026-W12 revision 2</c>.</param>
public sealed record Release(string Name, IReadOnlyList<CountTable> Tables)
{
    /// <summary>Rather some more cells are hidden than a total, for tables whose totals are what a reader looks at first. Else no small table hides more
    /// than a quarter more cells than the fewest possible.</summary>
    public bool SparesTotals { get; init; }
}
