using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>Where the directory's rows stand and what is in them.</summary>
internal sealed class DirectoryRows(DistrictId district, int buckets)
{
    public const string HashRows = "H";
    public const string KeyRows = "K";

    private readonly PupilPartitions pupils = new(district, buckets);

    /// <summary>Every partition that holds pupils.</summary>
    public IEnumerable<PartitionKey> Partitions => Enumerable.Range(0, buckets).Select(Bucket);

    public (PartitionKey Partition, RowKey Row) HashPlace(SecretKeys version, StudentUniqueId id)
    {
        Span<byte> hash = stackalloc byte[32];
        version.Hash(district.Value, id.Value, hash);
        var bucket = (int)(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(hash) % (uint)buckets);
        return (Bucket(bucket), RowKey.Of(HashRows, version.Version, Base64Url.EncodeToString(hash)));
    }

    public (PartitionKey Partition, RowKey Row) KeyPlace(StudentKey key) => (Bucket(pupils.BucketOf(key)), RowKey.Of(KeyRows, key.ToString()));

    public RowChange.Insert HashInsert(SecretKeys version, StudentUniqueId id, StudentKey key) =>
        new(HashPlace(version, id).Row, key.Value.ToByteArray());

    /// <summary>The pupil that an <c>H</c> row points at.</summary>
    public static StudentKey KeyOf(TableRow hashRow) => new(new Guid(hashRow.Body.Span));

    public RowChange.Insert KeyInsert(SecretKeys current, StudentKey key, StudentNaming pupil)
    {
        var row = KeyPlace(key).Row;
        return new RowChange.Insert(row, SealIdentity(current, row, pupil));
    }

    public byte[] SealIdentity(SecretKeys current, RowKey row, StudentNaming pupil)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(
            new DirectoryEntry(pupil.UniqueId.Value, pupil.GivenName, pupil.FamilyName), DirectoryJson.Default.DirectoryEntry);
        return [(byte)current.Version.Length, .. Encoding.ASCII.GetBytes(current.Version), .. current.Seal(plain, Place(row))];
    }

    /// <summary>The version of the keyring that a sealed row was sealed under.</summary>
    public static string VersionOf(ReadOnlyMemory<byte> sealedBody) => Encoding.ASCII.GetString(sealedBody.Span.Slice(1, sealedBody.Span[0]));

    public async ValueTask<StudentIdentity> UnsealAsync(DirectoryKeys keys, StudentKey key, TableRow row, CancellationToken cancellationToken)
    {
        var secret = await keys.OfAsync(VersionOf(row.Body), cancellationToken);
        var sealedPart = row.Body[(1 + row.Body.Span[0])..];
        var plain = new byte[sealedPart.Length - SecretKeys.Overhead];
        secret.Unseal(sealedPart.Span, Place(row.Key), plain);
        var entry = JsonSerializer.Deserialize(plain, DirectoryJson.Default.DirectoryEntry)
            ?? throw new FormatException("A directory row is empty.");
        return new StudentIdentity(key, StudentUniqueId.Parse(entry.Id), entry.Given, entry.Family);
    }

    private string Place(RowKey row) => $"{district} {row.Value}";

    private PartitionKey Bucket(int bucket) => PartitionKey.Of(district.Value, bucket.ToString("D4", CultureInfo.InvariantCulture));
}

internal sealed record DirectoryEntry(string Id, string? Given, string? Family);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DirectoryEntry))]
internal sealed partial class DirectoryJson : JsonSerializerContext;
