namespace SchoolSignal.Domain.Screening;

/// <summary>A run of a pupil's days, half open: what an indicator looks at.</summary>
internal readonly record struct DayWindow(int From, int To)
{
    public bool IsEmpty => From >= To;
}

/// <summary>The windows of a pupil's days as word masks, kept while pupils have the same days. Blank days use up a place;
/// with fewer days a window holds those there are.</summary>
internal sealed class Windows
{
    /// <summary>Days a no-reason mark may stand before it counts as unexplained: more than this many school days.</summary>
    public const int NoReasonGraceDays = 5;

    private int start = -1;
    private int end = -1;

    public DayWindow Year { get; private set; }

    public DayWindow Last20 { get; private set; }

    public DayWindow Last45 { get; private set; }

    public DayWindow Previous60 { get; private set; }

    public DayWindow Previous20 { get; private set; }

    /// <summary>The days of the last 20 with more than five of the pupil's school days after them.</summary>
    public DayWindow Overdue { get; private set; }

    public ulong[] Last20Mask { get; } = new ulong[DayBits.Words];

    public ulong[] Last45Mask { get; } = new ulong[DayBits.Words];

    public ulong[] Previous60Mask { get; } = new ulong[DayBits.Words];

    public ulong[] Previous20Mask { get; } = new ulong[DayBits.Words];

    public ulong[] OverdueMask { get; } = new ulong[DayBits.Words];

    public void Set(int from, int to)
    {
        if (start == from && end == to) return;
        (start, end) = (from, to);
        Year = new DayWindow(from, to);
        Last20 = Back(0, 20, Last20Mask);
        Last45 = Back(0, 45, Last45Mask);
        Previous60 = Back(20, 60, Previous60Mask);
        Previous20 = Back(20, 20, Previous20Mask);
        Overdue = new DayWindow(Last20.From, Math.Max(Last20.From, end - NoReasonGraceDays - 1));
        Fill(OverdueMask, Overdue);
    }

    private DayWindow Back(int skip, int days, ulong[] mask)
    {
        var to = Math.Max(start, end - skip);
        var window = new DayWindow(Math.Max(start, to - days), to);
        Fill(mask, window);
        return window;
    }

    private static void Fill(ulong[] mask, DayWindow window)
    {
        for (var word = 0; word < mask.Length; word++) mask[word] = DayBits.RangeWord(word, window.From, window.To);
    }
}
