using System.Buffers.Binary;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>The stored form of a block's slots: who sits where and when they are on the school's roll.</summary>
/// <remarks>Layout: version (1), slot count (1), then per slot: StudentKey (16), flags (1: elsewhere too), span count (1),
/// and per span entry and exit as day numbers (4 + 4; exit 0 = still on roll). A slot once given is kept for the year.</remarks>
public static class BlockRow
{
    private const byte Version = 1;
    private const int SpanSize = 8;

    public static byte[] Write(IReadOnlyList<RegisterSlot?> slots)
    {
        var count = slots.Count;
        while (count > 0 && slots[count - 1] is null) count--;
        var size = 2;
        for (var i = 0; i < count; i++) size += StudentKey.Size + 2 + ((slots[i]?.Spans.Count ?? 0) * SpanSize);
        var body = new byte[size];
        body[0] = Version;
        body[1] = (byte)count;
        var position = 2;
        for (var i = 0; i < count; i++)
        {
            var slot = slots[i];
            slot?.Student.Value.TryWriteBytes(body.AsSpan(position));
            body[position + 16] = slot is { ElsewhereToo: true } ? (byte)1 : (byte)0;
            body[position + 17] = (byte)(slot?.Spans.Count ?? 0);
            position += StudentKey.Size + 2;
            if (slot is null) continue;
            foreach (var span in slot.Spans)
            {
                BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(position), span.Entry.DayNumber);
                BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(position + 4), span.Exit?.DayNumber ?? 0);
                position += SpanSize;
            }
        }
        return body;
    }

    /// <summary>Whether the pupil sits in the block; reads no more than it must.</summary>
    public static bool Holds(ReadOnlySpan<byte> body, StudentKey student)
    {
        Span<byte> key = stackalloc byte[StudentKey.Size];
        student.Value.TryWriteBytes(key);
        for (int i = 0, position = 2; i < body[1]; i++)
        {
            if (body.Slice(position, StudentKey.Size).SequenceEqual(key)) return true;
            position += StudentKey.Size + 2 + (body[position + 17] * SpanSize);
        }
        return false;
    }

    /// <exception cref="FormatException">Not a block of a version this code knows.</exception>
    public static RegisterSlot?[] Read(ReadOnlySpan<byte> body)
    {
        if (body.Length < 2 || body[0] != Version) throw new FormatException("A block row has an unknown version.");
        var slots = new RegisterSlot?[RegisterBlock.Width];
        var position = 2;
        for (var i = 0; i < body[1]; i++)
        {
            var student = new StudentKey(new Guid(body.Slice(position, StudentKey.Size)));
            var elsewhere = body[position + 16] != 0;
            var spans = new EnrollmentSpan[body[position + 17]];
            position += StudentKey.Size + 2;
            for (var s = 0; s < spans.Length; s++)
            {
                var exit = BinaryPrimitives.ReadInt32LittleEndian(body[(position + 4)..]);
                spans[s] = new EnrollmentSpan(
                    DateOnly.FromDayNumber(BinaryPrimitives.ReadInt32LittleEndian(body[position..])),
                    exit == 0 ? null : DateOnly.FromDayNumber(exit));
                position += SpanSize;
            }
            slots[i] = student.IsEmpty ? null : new RegisterSlot(student, spans, elsewhere);
        }
        return slots;
    }
}
