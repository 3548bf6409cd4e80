namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A table as anybody may see it.</summary>
/// <param name="Counts">In the shape's order; null is hidden.</param>
public sealed record PublishedTable(TableShape Shape, IReadOnlyList<long?> Counts)
{
    public string Name => Shape.Name;

    /// <summary>Null where the cell is hidden.</summary>
    public long? this[params ReadOnlySpan<Code> codes] => Counts[Shape.IndexOf(codes)];

    /// <summary>The share of one cell in another, in per cent; null where either is hidden or the whole is zero. A percentage whose whole is
    /// known gives its part away, so it is shown only where both counts are.</summary>
    public static double? Percentage(long? part, long? whole) => part is { } some && whole is { } all and > 0 ? 100.0 * some / all : null;
}

/// <summary>Tables published together.</summary>
public sealed record PublishedRelease(string Name, IReadOnlyList<PublishedTable> Tables)
{
    /// <exception cref="InvalidOperationException">There is no such table.</exception>
    public PublishedTable Table(string name) => Tables.First(t => t.Name == name);
}
