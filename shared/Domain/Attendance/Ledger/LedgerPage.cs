using System.Buffers.Binary;
using System.Numerics;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>The packed page of a block of 64 pupils in one month. A page is a list of columns, one per session that any
/// feed has stated; a column holds 64 marks and, for each, the ordinal of the feed that set it.</summary>
/// <remarks>
/// Layout: version (1 byte), column count (1 byte), then the columns in ascending order of their index
/// (day of month − 1) × 2 + session. A column is: index, kind, feeds, 64 marks. Kind 0: one feed set all stated marks
/// (ordinal, 2 bytes; which slots are stated, 8 bytes). Kind 1: 64 ordinals of 2 bytes, 0 where nothing was stated.
/// Almost every column is of kind 0, so a month of a daily register is some 1.6 KB.
/// </remarks>
public static class LedgerPage
{
    public const int Width = RegisterBlock.Width;

    /// <summary>31 days of two sessions.</summary>
    public const int MaxColumns = 62;

    /// <summary>The largest page: every column with 64 ordinals of its own.</summary>
    public const int MaxSize = 2 + (MaxColumns * (2 + (2 * Width) + Width));

    private const byte Version = 1;
    private const byte OneFeed = 0;
    private const byte ManyFeeds = 1;
    private const int OneFeedHeader = 2 + 2 + 8;
    private const int ManyFeedsHeader = 2 + (2 * Width);

    public static int ColumnOf(DateOnly date, int session) => ((date.Day - 1) * 2) + session;

    /// <summary>Lays a batch over a page and writes the new page.</summary>
    /// <param name="old">The page as stored; empty if there is none.</param>
    /// <param name="batch">What the feed states for this block and month.</param>
    /// <param name="ordinal">The feed's ordinal, from 1.</param>
    /// <param name="yields">By ordinal: whether a mark set by that feed yields to this one.</param>
    /// <param name="destination">At least <see cref="MaxSize"/> bytes.</param>
    /// <param name="tally">Counts what became of each stated mark.</param>
    /// <returns>The new page's size, or 0 if nothing changed.</returns>
    public static int Merge(ReadOnlySpan<byte> old, BatchPage batch, ushort ordinal, ReadOnlySpan<bool> yields, Span<byte> destination, ref MergeTally tally)
    {
        var columns = 0;
        var changed = false;
        var written = 2;
        var next = 0;
        var reader = new ColumnReader(old);
        var hasOld = reader.Read();
        while (true)
        {
            var newIndex = batch.NextColumn(next);
            if (!hasOld && newIndex < 0) break;
            if (hasOld && (newIndex < 0 || reader.Index < newIndex))
            {
                reader.Raw.CopyTo(destination[written..]);
                written += reader.Raw.Length;
                columns++;
                hasOld = reader.Read();
                continue;
            }
            next = newIndex + 1;
            var meets = hasOld && reader.Index == newIndex;
            var size = meets
                ? MergeColumn(reader, newIndex, batch, ordinal, yields, destination[written..], ref tally, ref changed)
                : NewColumn(newIndex, batch, ordinal, destination[written..], ref tally, ref changed);
            written += size;
            if (size > 0) columns++;
            if (meets) hasOld = reader.Read();
        }
        if (!changed) return 0;
        destination[0] = Version;
        destination[1] = (byte)columns;
        return written;
    }

    private static int NewColumn(int index, BatchPage batch, ushort ordinal, Span<byte> destination, ref MergeTally tally, ref bool changed)
    {
        var stated = batch.Stated(index);
        var marks = destination.Slice(OneFeedHeader, Width);
        batch.Marks(index).CopyTo(marks);
        if (stated != ulong.MaxValue)
            for (var slot = 0; slot < Width; slot++)
                if ((stated >> slot & 1) == 0) marks[slot] = 0;
        WriteOneFeed(index, ordinal, stated, destination);
        tally.Changed += BitOperations.PopCount(stated & batch.Named(index));
        // A snapshot's silence about what nobody ever stated says nothing new; it is kept all the same, for an earlier
        // statement that arrives later yields to it.
        for (var rest = stated & ~batch.Named(index); rest != 0; rest &= rest - 1)
            if (marks[BitOperations.TrailingZeroCount(rest)] != Mark.Unknown.Value) tally.Filled++;
        changed = true;
        return OneFeedHeader + Width;
    }

    private static int MergeColumn(ColumnReader old, int index, BatchPage batch, ushort ordinal, ReadOnlySpan<bool> yields, Span<byte> destination, ref MergeTally tally, ref bool changed)
    {
        var stated = batch.Stated(index);
        var named = batch.Named(index);
        var marks = batch.Marks(index);
        Span<ushort> feeds = stackalloc ushort[Width];
        Span<byte> result = stackalloc byte[Width];
        old.Marks.CopyTo(result);
        for (var slot = 0; slot < Width; slot++) feeds[slot] = old.FeedOf(slot);

        var columnChanged = false;
        for (var rest = stated; rest != 0; rest &= rest - 1)
        {
            var slot = BitOperations.TrailingZeroCount(rest);
            var isNamed = (named >> slot & 1) != 0;
            var holder = feeds[slot];
            if (holder != ordinal && holder != 0 && !yields[holder])
            {
                if (isNamed) tally.Superseded++;
                continue;
            }
            var same = holder != 0 && result[slot] == marks[slot];
            // This very feed set it before: a redelivered batch counts it once.
            if (same && holder == ordinal) continue;
            if (isNamed)
            {
                if (same) tally.Unchanged++;
                else tally.Changed++;
            }
            else if (result[slot] != marks[slot])
            {
                tally.Filled++;
            }
            result[slot] = marks[slot];
            feeds[slot] = ordinal;
            columnChanged = true;
        }
        if (!columnChanged)
        {
            old.Raw.CopyTo(destination);
            return old.Raw.Length;
        }
        changed = true;
        return WriteColumn(index, feeds, result, destination);
    }

    /// <summary>The page without one pupil's marks and without the feeds that set them: for an erasure.</summary>
    /// <returns>Null if it holds none of the slot.</returns>
    public static byte[]? WithoutSlot(ReadOnlySpan<byte> page, int slot)
    {
        var without = new byte[MaxSize];
        Span<ushort> feeds = stackalloc ushort[Width];
        Span<byte> marks = stackalloc byte[Width];
        int written = 2, columns = 0;
        var changed = false;
        var reader = new ColumnReader(page);
        while (reader.Read())
        {
            for (var i = 0; i < Width; i++) feeds[i] = reader.FeedOf(i);
            reader.Marks.CopyTo(marks);
            changed |= feeds[slot] != 0 || marks[slot] != 0;
            feeds[slot] = 0;
            marks[slot] = 0;
            if (!feeds.ContainsAnyExcept((ushort)0)) continue;
            written += WriteColumn(reader.Index, feeds, marks, without.AsSpan(written));
            columns++;
        }
        without[0] = Version;
        without[1] = (byte)columns;
        return changed ? without[..written] : null;
    }

    private static int WriteColumn(int index, ReadOnlySpan<ushort> feeds, ReadOnlySpan<byte> marks, Span<byte> destination)
    {
        ushort one = 0;
        ulong stated = 0;
        var uniform = true;
        for (var slot = 0; slot < Width; slot++)
        {
            if (feeds[slot] == 0) continue;
            stated |= 1UL << slot;
            if (one == 0) one = feeds[slot];
            else if (one != feeds[slot]) uniform = false;
        }
        if (uniform)
        {
            WriteOneFeed(index, one, stated, destination);
            marks.CopyTo(destination[OneFeedHeader..]);
            return OneFeedHeader + Width;
        }
        destination[0] = (byte)index;
        destination[1] = ManyFeeds;
        for (var slot = 0; slot < Width; slot++)
            BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 + (2 * slot))..], feeds[slot]);
        marks.CopyTo(destination[ManyFeedsHeader..]);
        return ManyFeedsHeader + Width;
    }

    private static void WriteOneFeed(int index, ushort ordinal, ulong stated, Span<byte> destination)
    {
        destination[0] = (byte)index;
        destination[1] = OneFeed;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[4..], stated);
    }

    /// <summary>Walks the columns of a stored page.</summary>
    public ref struct ColumnReader
    {
        private readonly ReadOnlySpan<byte> page;
        private int left;
        private int position;

        /// <exception cref="FormatException">Not a page of a version this code knows.</exception>
        public ColumnReader(ReadOnlySpan<byte> page)
        {
            this.page = page;
            if (page.IsEmpty) return;
            if (page[0] != Version) throw new FormatException("A ledger page has an unknown version.");
            left = page[1];
            position = 2;
        }

        /// <summary>(day of month − 1) × 2 + session.</summary>
        public int Index { get; private set; }

        /// <summary>The column as stored.</summary>
        public ReadOnlySpan<byte> Raw { get; private set; }

        public ReadOnlySpan<byte> Marks { get; private set; }

        public readonly int Day => (Index >> 1) + 1;

        public readonly int Session => Index & 1;

        public bool Read()
        {
            if (left == 0) return false;
            left--;
            Index = page[position];
            var header = page[position + 1] == OneFeed ? OneFeedHeader : ManyFeedsHeader;
            Raw = page.Slice(position, header + Width);
            Marks = Raw[header..];
            position += header + Width;
            return true;
        }

        /// <summary>The ordinal of the feed that set the slot's mark; 0 if none has.</summary>
        public readonly ushort FeedOf(int slot) => Raw[1] == OneFeed
            ? (BinaryPrimitives.ReadUInt64LittleEndian(Raw[4..]) >> slot & 1) != 0 ? BinaryPrimitives.ReadUInt16LittleEndian(Raw[2..]) : (ushort)0
            : BinaryPrimitives.ReadUInt16LittleEndian(Raw[(2 + (2 * slot))..]);
    }
}

/// <summary>What became of a batch's marks. Named marks came as rows; filled ones follow from the feed's kind.</summary>
public record struct MergeTally
{
    /// <summary>Named marks that changed what the ledger says.</summary>
    public long Changed { get; set; }

    /// <summary>Named marks that said what the ledger said already.</summary>
    public long Unchanged { get; set; }

    /// <summary>Named marks that yielded to a feed stated later.</summary>
    public long Superseded { get; set; }

    /// <summary>Marks changed because the feed covers the day without naming the pupil.</summary>
    public long Filled { get; set; }

    public static MergeTally operator +(MergeTally a, MergeTally b) => new()
    {
        Changed = a.Changed + b.Changed,
        Unchanged = a.Unchanged + b.Unchanged,
        Superseded = a.Superseded + b.Superseded,
        Filled = a.Filled + b.Filled,
    };
}
