using System.Buffers.Binary;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>A month of school-day totals: per session how many pupils had a possible session and how many were absent.</summary>
/// <remarks>Layout: version (1), entry count (1), per entry column index (1), possible (4), absent (4).</remarks>
public static class DayTotalsRow
{
    private const byte Version = 1;
    private const int EntrySize = 9;

    public static byte[] Write(ReadOnlySpan<int> possible, ReadOnlySpan<int> absent)
    {
        var count = 0;
        foreach (var n in possible)
            if (n > 0) count++;
        var body = new byte[2 + (count * EntrySize)];
        body[0] = Version;
        body[1] = (byte)count;
        var position = 2;
        for (var column = 0; column < possible.Length; column++)
        {
            if (possible[column] == 0) continue;
            body[position] = (byte)column;
            BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(position + 1), possible[column]);
            BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(position + 5), absent[column]);
            position += EntrySize;
        }
        return body;
    }

    /// <summary>Adds the month's entries to arrays indexed by column.</summary>
    /// <exception cref="FormatException">Not totals of a version this code knows.</exception>
    public static void Read(ReadOnlySpan<byte> body, Span<int> possible, Span<int> absent)
    {
        if (body.Length < 2 || body[0] != Version) throw new FormatException("A totals row has an unknown version.");
        for (int i = 0, position = 2; i < body[1]; i++, position += EntrySize)
        {
            possible[body[position]] = BinaryPrimitives.ReadInt32LittleEndian(body[(position + 1)..]);
            absent[body[position]] = BinaryPrimitives.ReadInt32LittleEndian(body[(position + 5)..]);
        }
    }
}
