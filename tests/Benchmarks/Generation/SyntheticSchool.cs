using System.Buffers.Binary;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Benchmarks.Generation;

/// <summary>One generated school; its register holds the pupils' numbers in their keys.</summary>
public sealed record SyntheticSchool(int Number, SchoolYearRegister Register)
{
    /// <summary>The same pupil has the same key on every run; the first bytes spread over the partitions.</summary>
    public static StudentKey KeyOf(int pupil)
    {
        Span<byte> bytes = stackalloc byte[StudentKey.Size];
        var spread = new SplitMix64((ulong)pupil);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, spread.Next());
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], pupil);
        return new StudentKey(new Guid(bytes));
    }

    public static int PupilOf(StudentKey key)
    {
        Span<byte> bytes = stackalloc byte[StudentKey.Size];
        key.Value.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
    }
}
