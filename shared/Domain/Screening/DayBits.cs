using System.Numerics;

namespace SchoolSignal.Domain.Screening;

/// <summary>Sets of days as bits: day 0 is bit 0 of word 0. Ranges are half open.</summary>
internal static class DayBits
{
    /// <summary>Six words hold the 366 days a school year may have.</summary>
    public const int Words = 6;

    public static int WordsFor(int days) => (days + 63) >> 6;

    public static bool Has(ReadOnlySpan<ulong> set, int day) => (set[day >> 6] >> (day & 63) & 1) != 0;

    public static void Add(Span<ulong> set, int day) => set[day >> 6] |= 1UL << (day & 63);

    public static void Remove(Span<ulong> set, int day) => set[day >> 6] &= ~(1UL << (day & 63));

    /// <summary>The days of a range that lie in one word.</summary>
    public static ulong RangeWord(int word, int from, int to)
    {
        var low = from - (word << 6);
        var high = to - (word << 6);
        if (high <= 0 || low >= 64 || from >= to) return 0;
        var mask = high >= 64 ? ulong.MaxValue : (1UL << high) - 1;
        return low > 0 ? mask & (ulong.MaxValue << low) : mask;
    }

    /// <summary>The first day of the set from the given one on, or <paramref name="end"/> if there is none before it.</summary>
    public static int Next(ReadOnlySpan<ulong> set, int from, int end)
    {
        if (from >= end) return end;
        var word = from >> 6;
        var bits = set[word] & (ulong.MaxValue << (from & 63));
        while (bits == 0)
        {
            word++;
            if (word << 6 >= end) return end;
            bits = set[word];
        }
        return Math.Min((word << 6) + BitOperations.TrailingZeroCount(bits), end);
    }

    /// <summary>The last day of the set, or -1.</summary>
    public static int Last(ReadOnlySpan<ulong> set)
    {
        for (var word = set.Length - 1; word >= 0; word--)
            if (set[word] != 0) return (word << 6) + 63 - BitOperations.LeadingZeroCount(set[word]);
        return -1;
    }

    public static int Count(ReadOnlySpan<ulong> set)
    {
        var count = 0;
        foreach (var word in set) count += BitOperations.PopCount(word);
        return count;
    }

    public static int Count(ReadOnlySpan<ulong> set, int from, int to)
    {
        if (from >= to) return 0;
        var first = from >> 6;
        var last = (to - 1) >> 6;
        var low = ulong.MaxValue << (from & 63);
        var high = ulong.MaxValue >> (63 - ((to - 1) & 63));
        if (first == last) return BitOperations.PopCount(set[first] & low & high);
        var count = BitOperations.PopCount(set[first] & low) + BitOperations.PopCount(set[last] & high);
        for (var word = first + 1; word < last; word++) count += BitOperations.PopCount(set[word]);
        return count;
    }

    /// <summary>How many days of <paramref name="set"/> are not in <paramref name="other"/>.</summary>
    public static int CountOutside(ReadOnlySpan<ulong> set, ReadOnlySpan<ulong> other)
    {
        var count = 0;
        for (var word = 0; word < set.Length; word++) count += BitOperations.PopCount(set[word] & ~other[word]);
        return count;
    }

    public static void AddAll(Span<ulong> set, ReadOnlySpan<ulong> other)
    {
        for (var word = 0; word < set.Length; word++) set[word] |= other[word];
    }
}
