using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Where in a reader's buffer the delimiters and line ends stand: found 32 characters at a time, so that fields of
/// a few characters need not be searched for one by one.</summary>
internal sealed class CsvMarks(char delimiter)
{
    private int[] places = new int[16 * 1024];
    private int count;
    private int next;

    public void Clear() => (count, next) = (0, 0);

    /// <summary>Adds the marks of a part of the buffer that follows what is known.</summary>
    public void Find(char[] buffer, int from, int to)
    {
        const int Step = 32;
        var text = MemoryMarshal.Cast<char, ushort>(buffer.AsSpan(from, to - from));
        var wanted = Vector256.Create((ushort)delimiter);
        var lineFeed = Vector256.Create((ushort)'\n');
        var carriageReturn = Vector256.Create((ushort)'\r');
        var at = 0;
        for (; at + Step <= text.Length; at += Step)
        {
            if (places.Length - count < Step) Array.Resize(ref places, places.Length * 2);
            var low = Vector256.Create<ushort>(text[at..]);
            var high = Vector256.Create<ushort>(text[(at + (Step / 2))..]);
            low = Vector256.Equals(low, wanted) | Vector256.Equals(low, lineFeed) | Vector256.Equals(low, carriageReturn);
            high = Vector256.Equals(high, wanted) | Vector256.Equals(high, lineFeed) | Vector256.Equals(high, carriageReturn);
            var found = Vector256.Narrow(low, high).ExtractMostSignificantBits();
            for (; found != 0; found &= found - 1) places[count++] = from + at + BitOperations.TrailingZeroCount(found);
        }
        if (places.Length - count < Step) Array.Resize(ref places, places.Length * 2);
        for (; at < text.Length; at++)
            if (text[at] == delimiter || text[at] is '\n' or '\r') places[count++] = from + at;
    }

    /// <summary>Forgets the buffer's first characters, which were moved out of it.</summary>
    public void Drop(int characters)
    {
        GoTo(characters);
        count -= next;
        for (var i = 0; i < count; i++) places[i] = places[next + i] - characters;
        next = 0;
    }

    /// <summary>Sets to the first mark at or behind a position, before or behind where it stood.</summary>
    public void GoTo(int position)
    {
        while (next > 0 && places[next - 1] >= position) next--;
        while (next < count && places[next] < position) next++;
    }

    /// <summary>The first mark at or behind a position that does not lie before the last one asked for; -1 if none is known.</summary>
    public int NextFrom(int position)
    {
        while (next < count)
        {
            var place = places[next];
            if (place >= position) return place;
            next++;
        }
        return -1;
    }
}
