using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>Small tables by hand.</summary>
internal static class Tables
{
    public static Dimension Group(string name, params string[] parts) => Dimension.Group(name, Hierarchy.Flat($"all {name}", parts.Select(p => new Code(p))));

    public static Dimension Property(string name, params string[] parts) => Dimension.Property(name, Hierarchy.Flat($"all {name}", parts.Select(p => new Code(p))));

    /// <summary>A table of one or two dimensions from its inner counts, row by row.</summary>
    public static CountTable Of(string name, IReadOnlyList<Dimension> dimensions, params int[] inner)
    {
        var leaves = dimensions.Aggregate<Dimension, IEnumerable<Code[]>>([[]], (rows, d) =>
            rows.SelectMany(row => d.Hierarchy.Codes.Where(c => d.Hierarchy.ChildrenOf(c).Count == 0).Select(code => row.Append(code).ToArray())));
        return CountTable.RollUp(new TableShape(name, "pupils", dimensions), leaves.Zip(inner, (codes, count) => new Leaf(codes, count)));
    }

    public static ProtectionResult.Protected Protect(SuppressionPolicy policy, params CountTable[] tables) => Protect([], policy, "now", tables);

    public static ProtectionResult.Protected Protect(
        IReadOnlyList<PublishedRelease> earlier, SuppressionPolicy policy, string name, params CountTable[] tables)
    {
        var result = SmallCellSuppression.Protect(new Release(name, tables), earlier, policy);
        if (result is ProtectionResult.Refused refused) Assert.Fail(string.Join('\n', refused.Reasons));
        return (ProtectionResult.Protected)result;
    }

    /// <summary>As if only these cells were hidden, whatever else that gives away.</summary>
    public static PublishedRelease Hiding(CountTable table, Func<Code[], bool> hidden) =>
        new("by hand", [new PublishedTable(table.Shape, [.. table.Counts.Select((count, i) => hidden(table.Shape.CodesAt(i)) ? default(long?) : count)])]);
}
