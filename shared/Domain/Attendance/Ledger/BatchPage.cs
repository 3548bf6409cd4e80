using System.Numerics;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>What one feed states for one block and month, gathered before it is laid over the stored page. Reused from
/// batch to batch.</summary>
public sealed class BatchPage
{
    private readonly ulong[] stated = new ulong[LedgerPage.MaxColumns];
    private readonly ulong[] named = new ulong[LedgerPage.MaxColumns];
    private readonly byte[] marks = new byte[LedgerPage.MaxColumns * LedgerPage.Width];
    private ulong columns;

    public bool IsEmpty => columns == 0;

    /// <summary>The first column from <paramref name="from"/> on that the feed states, or -1.</summary>
    public int NextColumn(int from)
    {
        if (from >= 64) return -1;
        var rest = columns >> from << from;
        return rest == 0 ? -1 : BitOperations.TrailingZeroCount(rest);
    }

    public ulong Stated(int column) => stated[column];

    /// <summary>Which of the stated slots came as rows rather than by the kind's rule.</summary>
    public ulong Named(int column) => named[column];

    public ReadOnlySpan<byte> Marks(int column) => marks.AsSpan(column * LedgerPage.Width, LedgerPage.Width);

    /// <summary>A row's mark. Of two for one session the greater absence holds.</summary>
    /// <returns>False if the feed had named this session before.</returns>
    public bool Name(int column, int slot, Mark mark)
    {
        ref var cell = ref marks[(column * LedgerPage.Width) + slot];
        var bit = 1UL << slot;
        columns |= 1UL << column;
        if ((named[column] & bit) != 0)
        {
            cell = Mark.Greater(new Mark(cell), mark).Value;
            return false;
        }
        named[column] |= bit;
        stated[column] |= bit;
        cell = mark.Value;
        return true;
    }

    /// <summary>States a mark for the slots that no row names: present in an exceptions feed, unknown in a snapshot.</summary>
    public void Fill(int column, ulong slots, Mark mark)
    {
        var open = slots & ~named[column];
        if (open == 0) return;
        columns |= 1UL << column;
        stated[column] |= open;
        var cells = marks.AsSpan(column * LedgerPage.Width, LedgerPage.Width);
        for (; open != 0; open &= open - 1) cells[BitOperations.TrailingZeroCount(open)] = mark.Value;
    }

    public void Clear()
    {
        for (var column = NextColumn(0); column >= 0; column = NextColumn(column + 1))
        {
            stated[column] = 0;
            named[column] = 0;
        }
        columns = 0;
    }
}
