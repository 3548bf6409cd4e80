using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>Spreads a district's pupils over a fixed number of partitions of the <c>pupils</c> table (design.md, Storage
/// map). The count is fixed when the district is set up.</summary>
public sealed class PupilPartitions(DistrictId district, int count = PupilPartitions.DefaultCount)
{
    public const int DefaultCount = 256;

    public int Count => count;

    public PartitionKey Of(StudentKey student) => At(BucketOf(student));

    public int BucketOf(StudentKey student)
    {
        Span<byte> bytes = stackalloc byte[StudentKey.Size];
        student.Value.TryWriteBytes(bytes);
        return (int)(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes) % (uint)count);
    }

    public PartitionKey At(int bucket) =>
        PartitionKey.Of(district.Value, bucket.ToString("D4", CultureInfo.InvariantCulture));

    public IEnumerable<PartitionKey> All() => Enumerable.Range(0, count).Select(At);
}
