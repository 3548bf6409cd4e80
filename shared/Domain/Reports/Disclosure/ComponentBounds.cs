namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Bounds of hidden cells that follow from one sum at a time: quick, and never tighter than what all sums together say. A cell too
/// narrow here is too narrow.</summary>
internal sealed class ComponentBounds
{
    private const int Rounds = 4;
    private const long NoLimit = long.MaxValue / 4;

    private readonly long[] least;
    private readonly long[] most;

    public ComponentBounds(ComponentSums sums)
    {
        least = new long[sums.Cells.Length];
        most = new long[sums.Cells.Length];
        Array.Fill(most, NoLimit);
        for (var round = 0; round < Rounds && sums.Rows.Aggregate(false, (changed, row) => Tighten(row) || changed); round++) { }
    }

    public long LeastOf(int cell) => least[cell];

    /// <summary>Null where no single sum bounds it.</summary>
    public long? MostOf(int cell) => most[cell] < NoLimit ? most[cell] : null;

    private bool Tighten(ComponentRow row)
    {
        // The row's sum of factor × value lies between these when every cell is at its bound.
        long low = 0, high = 0;
        var openAbove = 0;
        var openBelow = 0;
        foreach (var (cell, factor) in row.Terms)
        {
            var (least, most) = Range(cell, factor);
            if (least is { } a) low += a;
            else openBelow++;
            if (most is { } b) high += b;
            else openAbove++;
        }

        var changed = false;
        foreach (var (cell, factor) in row.Terms)
        {
            var (least, most) = Range(cell, factor);
            // What the others leave for this one: the sum less the others' other end.
            if (openBelow == 0 || (openBelow == 1 && least is null)) changed |= Limit(cell, factor, row.Sum - low + (least ?? 0), upper: true);
            if (openAbove == 0 || (openAbove == 1 && most is null)) changed |= Limit(cell, factor, row.Sum - high + (most ?? 0), upper: false);
            if (changed) return true;
        }
        return false;
    }

    private (long? Least, long? Most) Range(int cell, int factor)
    {
        long? top = most[cell] < NoLimit ? most[cell] : null;
        return factor > 0 ? (least[cell], top) : (-top, -least[cell]);
    }

    private bool Limit(int cell, int factor, long term, bool upper)
    {
        var value = factor * term;
        if (upper == factor > 0)
        {
            if (value >= most[cell]) return false;
            most[cell] = value;
        }
        else
        {
            if (value <= least[cell]) return false;
            least[cell] = value;
        }
        return true;
    }
}
