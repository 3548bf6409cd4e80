using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>Releases of random tables: one to three dimensions, with and without a band between the finest codes and everything, one table or
/// two that share dimensions, counts from rare to many.</summary>
internal sealed class RandomTables(int seed)
{
    private readonly Random random = new(seed);

    public Release Release(string name = "R1")
    {
        var dimensions = Enumerable.Range(0, random.Next(1, 4)).Select(DimensionOf).ToList();
        var scale = random.Next(4) switch { 0 => 4, 1 => 12, 2 => 40, _ => 400 };
        var leaves = Cross(dimensions).Select(codes => new Leaf(codes, Count(scale))).ToList();
        var tables = new List<CountTable> { CountTable.RollUp(new TableShape("A", "pupils", dimensions), leaves) };
        if (random.Next(3) == 0) tables.Add(Linked(dimensions[0], leaves));
        return new Release(name, tables);
    }

    /// <summary>A second table of the first dimension's totals by a new dimension.</summary>
    private CountTable Linked(Dimension shared, List<Leaf> leaves)
    {
        var other = DimensionOf(9);
        var split = leaves.GroupBy(l => l.Codes[0]).SelectMany(g => Split(g.Sum(l => l.Count), Finest(other)).Select(p => new Leaf([g.Key, p.Code], p.Count)));
        return CountTable.RollUp(new TableShape("B", "pupils", [shared, other]), split);
    }

    private IEnumerable<(Code Code, long Count)> Split(long total, List<Code> codes)
    {
        foreach (var code in codes.SkipLast(1))
        {
            var some = random.NextInt64(total + 1);
            yield return (code, some);
            total -= some;
        }
        yield return (codes[^1], total);
    }

    private Dimension DimensionOf(int number)
    {
        var name = $"d{number}";
        var size = random.Next(2, 5);
        var kind = random.Next(3) == 0 ? DimensionKind.Property : DimensionKind.Group;
        var parts = Enumerable.Range(1, size).Select(i => new Code($"{name}.{i}")).ToList();
        var everything = new Code($"{name}.all");
        if (size < 4 || random.Next(2) == 0) return new Dimension(name, kind, Hierarchy.Flat(everything, parts));
        var (low, high) = (new Code($"{name}.low"), new Code($"{name}.high"));
        return new Dimension(name, kind, Hierarchy.Tree(
            everything, [(everything, low), (everything, high), .. parts.Select((p, i) => (i < size / 2 ? low : high, p))]));
    }

    private long Count(int scale) => random.Next(5) == 0 ? 0 : (long)(scale * -Math.Log(1 - random.NextDouble()));

    private static List<Code> Finest(Dimension dimension) => [.. dimension.Hierarchy.Codes.Where(c => dimension.Hierarchy.ChildrenOf(c).Count == 0)];

    private static IEnumerable<List<Code>> Cross(List<Dimension> dimensions) =>
        dimensions.Aggregate<Dimension, IEnumerable<List<Code>>>([[]], (rows, d) => rows.SelectMany(row => Finest(d).Select(code => row.Append(code).ToList())));
}
