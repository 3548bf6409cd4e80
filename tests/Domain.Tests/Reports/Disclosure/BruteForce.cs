using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>A table of two flat dimensions taken apart by trying everything.</summary>
internal sealed class BruteForce
{
    private const int MostNodes = 3_000_000;

    private readonly int rows;
    private readonly int columns;
    private readonly long[,] counts;
    private int nodes;

    /// <summary>Row 0 and column 0 hold the totals.</summary>
    public BruteForce(CountTable table)
    {
        rows = table.Shape.Dimensions[0].Codes.Count;
        columns = table.Shape.Dimensions[1].Codes.Count;
        counts = new long[rows, columns];
        for (var i = 0; i < table.Shape.Count; i++) counts[i / columns, i % columns] = table.Counts[i];
    }

    public int Cells => rows * columns;

    /// <summary>The least and the most of every hidden cell over all tables of whole numbers up to <paramref name="cap"/> that agree with what is
    /// shown; null if they are too many to try.</summary>
    public (long Least, long Most)[]? Intervals(IReadOnlySet<int> hidden, int cap)
    {
        var found = Enumerable.Repeat((Least: long.MaxValue, Most: long.MinValue), Cells).ToArray();
        var tried = ForEachFitting(hidden, cap, table =>
        {
            foreach (var cell in hidden) found[cell] = (Math.Min(found[cell].Least, table[cell]), Math.Max(found[cell].Most, table[cell]));
        });
        return tried ? found : null;
    }

    /// <summary>Hands over each table that agrees with what is shown; false if they are too many to try.</summary>
    public bool ForEachFitting(IReadOnlySet<int> hidden, int cap, Action<long[]> each)
    {
        nodes = 0;
        // Inner cells first; a hidden total is what they come to.
        var inner = hidden.Where(c => c / columns > 0 && c % columns > 0).Order().ToArray();
        var values = new long[rows, columns];
        Array.Copy(counts, values, counts.Length);
        return Try(0);

        bool Try(int at)
        {
            if (++nodes > MostNodes) return false;
            if (at == inner.Length)
            {
                if (Totals()) each([.. values.Cast<long>()]);
                return true;
            }
            var (row, column) = (inner[at] / columns, inner[at] % columns);
            var most = Math.Min(Room(row, column, at, alongRow: true), Room(row, column, at, alongRow: false));
            for (var value = 0L; value <= most; value++)
            {
                values[row, column] = value;
                if (!Try(at + 1)) return false;
            }
            return true;
        }

        // What a line's shown total leaves beside its shown cells and those tried already.
        long Room(int row, int column, int at, bool alongRow)
        {
            var total = alongRow ? row * columns : column;
            if (hidden.Contains(total)) return cap;
            var room = Value(total);
            for (var k = 1; k < (alongRow ? columns : rows); k++)
            {
                var cell = alongRow ? row * columns + k : k * columns + column;
                var place = Array.IndexOf(inner, cell);
                if (place < 0 || place < at) room -= Value(cell);
            }
            return Math.Min(room, cap);
        }

        long Value(int cell) => values[cell / columns, cell % columns];

        bool Totals()
        {
            for (var row = 1; row < rows; row++) if (!Total(row * columns, Enumerable.Range(1, columns - 1).Sum(c => values[row, c]))) return false;
            for (var column = 1; column < columns; column++) if (!Total(column, Enumerable.Range(1, rows - 1).Sum(r => values[r, column]))) return false;
            var all = Enumerable.Range(1, rows - 1).Sum(r => values[r, 0]);
            return Total(0, all) && Enumerable.Range(1, columns - 1).Sum(c => values[0, c]) == all;
        }

        bool Total(int cell, long sum)
        {
            if (!hidden.Contains(cell)) return Value(cell) == sum;
            values[cell / columns, cell % columns] = sum;
            return true;
        }
    }

    /// <summary>The fewest cells to hide beside the first so that every hidden cell is wide enough; null if none fewer than
    /// <paramref name="below"/> do.</summary>
    public int? FewestBeside(IReadOnlySet<int> primary, IReadOnlySet<int> never, int below, Func<HashSet<int>, bool> isOpen, int width)
    {
        var candidates = Enumerable.Range(0, Cells).Where(c => !primary.Contains(c) && !never.Contains(c)).ToArray();
        for (var size = 0; size < below; size++)
            if (Choose(0, size, [.. primary])) return size;
        return null;

        bool Choose(int from, int left, HashSet<int> hidden)
        {
            if (left == 0) return LinesAreOpen(hidden, width) && isOpen(hidden);
            for (var i = from; i <= candidates.Length - left; i++)
            {
                hidden.Add(candidates[i]);
                if (Choose(i + 1, left - 1, hidden)) return true;
                hidden.Remove(candidates[i]);
            }
            return false;
        }
    }

    /// <summary>What any pattern must have: no line with one hidden cell, and enough to share where the total is shown.</summary>
    private bool LinesAreOpen(HashSet<int> hidden, int width)
    {
        for (var row = 0; row < rows; row++) if (!LineIsOpen(row * columns, Enumerable.Range(1, columns - 1).Select(c => row * columns + c))) return false;
        for (var column = 0; column < columns; column++) if (!LineIsOpen(column, Enumerable.Range(1, rows - 1).Select(r => r * columns + column))) return false;
        return true;

        bool LineIsOpen(int total, IEnumerable<int> parts)
        {
            var within = parts.Where(hidden.Contains).ToList();
            return hidden.Contains(total) ? within.Count > 0 : within.Count == 0 || (within.Count > 1 && within.Sum(c => counts[c / columns, c % columns]) >= width);
        }
    }
}
