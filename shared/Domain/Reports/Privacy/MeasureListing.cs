using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>Draws one table: noise at every code of the group dimension for each of the finest cells of the others, made to agree, then
/// summed up.</summary>
internal sealed class MeasureListing
{
    private readonly CountTable table;
    private readonly ListedCodes[] listed;
    private readonly int group;

    public MeasureListing(PrivateMeasure measure)
    {
        table = measure.Table;
        ArgumentOutOfRangeException.ThrowIfLessThan(measure.Contributions, 1, nameof(measure));
        listed = [.. table.Shape.Dimensions.Select(d => new ListedCodes(d))];
        group = table.Shape.Dimensions.ToList().FindIndex(d => d.Name == measure.GroupDimension);
        if (group < 0) throw new ArgumentException($"{table.Name} has no dimension {measure.GroupDimension}.", nameof(measure));
        Sensitivity = measure.Contributions * listed[group].Levels;
    }

    public int Sensitivity { get; }

    public PublishedTable Draw(DiscreteLaplace noise, UniformBits bits)
    {
        var counts = new long[table.Shape.Count];
        foreach (var corner in FinestOfOthers())
            foreach (var root in listed[group].Roots)
            {
                var tree = NoisyTree.Draw(root, listed[group], code => table.Counts[At(corner, code)], noise, bits);
                foreach (var (code, count) in tree.Agreeing()) counts[At(corner, code)] = count;
            }
        for (var i = 0; i < listed.Length; i++)
            if (i != group) SumUp(counts, i);
        return new PublishedTable(table.Shape, [.. counts.Select(c => (long?)c)]);
    }

    private int At(int corner, Code code) => table.Shape.WithCode(corner, group, code)!.Value;

    /// <summary>One cell for each combination of the other dimensions' finest codes; its code of the group dimension does not matter.</summary>
    private IEnumerable<int> FinestOfOthers()
    {
        IEnumerable<int> cells = [0];
        for (var i = 0; i < listed.Length; i++)
        {
            if (i == group) continue;
            var dimension = i;
            cells = cells.SelectMany(cell => listed[dimension].Finest.Select(code => table.Shape.WithCode(cell, dimension, code)!.Value));
        }
        return cells;
    }

    private void SumUp(long[] counts, int dimension)
    {
        foreach (var code in listed[dimension].ParentsFirst.Reverse())
        {
            if (listed[dimension].PartsOf(code) is not { Count: > 0 } parts) continue;
            for (var cell = 0; cell < counts.Length; cell++)
                if (table.Shape.CodeAt(cell, dimension) == code)
                    counts[cell] = parts.Sum(part => counts[table.Shape.WithCode(cell, dimension, part)!.Value]);
        }
    }
}
