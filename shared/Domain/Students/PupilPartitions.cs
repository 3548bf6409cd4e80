using System.Buffers.Binary;
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

    public int BucketOf(StudentKey student) => BucketOf(student.Value);

    /// <summary>The bucket of a random id that was made to lie beside its pupil (<see cref="Beside"/>).</summary>
    public int BucketOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[StudentKey.Size];
        id.TryWriteBytes(bytes);
        return (int)(BinaryPrimitives.ReadUInt32LittleEndian(bytes) % (uint)count);
    }

    /// <summary>A new random id in the pupil's bucket: a row under it can be written in one commit with the pupil's rows and
    /// found again by the id alone. It tells nothing but the bucket.</summary>
    public Guid Beside(StudentKey student)
    {
        Span<byte> bytes = stackalloc byte[StudentKey.Size];
        Guid.NewGuid().TryWriteBytes(bytes);
        var random = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var first = random - (random % (uint)count);
        if (first > uint.MaxValue - (uint)count) first -= (uint)count;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, first + (uint)BucketOf(student));
        return new Guid(bytes);
    }

    public PartitionKey At(int bucket) =>
        PartitionKey.Of(district.Value, bucket.ToString("D4", CultureInfo.InvariantCulture));

    public IEnumerable<PartitionKey> All() => Enumerable.Range(0, count).Select(At);
}
