using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>A pupil as the directory holds them; read only to render a page or an export for someone allowed.</summary>
public sealed record StudentIdentity(StudentKey Key, StudentUniqueId UniqueId, string? GivenName, string? FamilyName)
{
    /// <summary>Given and family name as held; the district's id for a pupil without a name.</summary>
    public string DisplayName => $"{GivenName} {FamilyName}".Trim() is { Length: > 0 } name ? name : UniqueId.Value;
}

/// <summary>Who a roster or feed says a pupil is.</summary>
public readonly record struct StudentNaming(StudentUniqueId UniqueId, string? GivenName = null, string? FamilyName = null);

/// <summary>The only place that ties a random <see cref="StudentKey"/> to a StudentUniqueId and a name.</summary>
/// <remarks><c>H|version|hmac</c> → StudentKey, in the bucket of the HMAC; <c>K|studentKey</c> → sealed identity, in the
/// bucket of the key. <c>K</c> is written first and the insert of <c>H</c> decides between two writers; a <c>K</c> row that
/// lost is removed, and one left by a crash is an orphan for the sweep.</remarks>
public sealed class StudentDirectory(ITableStore store, DirectoryKeys keys, DistrictId district, int buckets = PupilPartitions.DefaultCount)
{
    /// <summary>Rows asked for at once when many pupils are named.</summary>
    private const int AtOnce = 16;

    private const string HashRows = "H";
    private const string KeyRows = "K";

    /// <summary>The pupil's key, or null if the directory does not know the id.</summary>
    public async ValueTask<StudentKey?> FindAsync(StudentUniqueId id, CancellationToken cancellationToken)
    {
        foreach (var version in await keys.AllAsync(cancellationToken))
        {
            var (partition, row) = HashPlace(version, id);
            if (await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is { } found)
                return new StudentKey(new Guid(found.Body.Span));
        }
        return null;
    }

    /// <summary>Finds or makes the key of every pupil named; a name given replaces none held.</summary>
    /// <returns>Keys in the order of the input.</returns>
    public async Task<StudentKey[]> EnsureAsync(IReadOnlyList<StudentNaming> pupils, CancellationToken cancellationToken)
    {
        var result = new StudentKey[pupils.Count];
        var missing = new List<int>();
        for (var i = 0; i < pupils.Count; i++)
        {
            if (await FindAsync(pupils[i].UniqueId, cancellationToken) is { } key)
            {
                result[i] = key;
                if (pupils[i].GivenName is not null || pupils[i].FamilyName is not null)
                    await RenameAsync(key, pupils[i], cancellationToken);
            }
            else
            {
                missing.Add(i);
            }
        }
        if (missing.Count > 0) await AddAsync(pupils, missing, result, cancellationToken);
        return result;
    }

    /// <summary>Who the key stands for, or null if erased or never known.</summary>
    public async ValueTask<StudentIdentity?> IdentifyAsync(StudentKey key, CancellationToken cancellationToken)
    {
        var (partition, row) = KeyPlace(key);
        return await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is { } found
            ? await UnsealAsync(key, row, found.Body, cancellationToken)
            : null;
    }

    /// <summary>Who many keys stand for, for a page of a list; those erased or never known are left out.</summary>
    public async Task<IReadOnlyDictionary<StudentKey, StudentIdentity>> IdentifyAsync(IReadOnlyCollection<StudentKey> students, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<StudentKey, StudentIdentity>();
        await Parallel.ForEachAsync(
            students.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (key, stop) =>
            {
                if (await IdentifyAsync(key, stop) is { } identity) found[key] = identity;
            });
        return found;
    }

    private async Task AddAsync(IReadOnlyList<StudentNaming> pupils, List<int> missing, StudentKey[] result, CancellationToken cancellationToken)
    {
        var current = await keys.CurrentAsync(cancellationToken);
        var fresh = new Dictionary<StudentUniqueId, StudentKey>();
        foreach (var i in missing)
            if (!fresh.ContainsKey(pupils[i].UniqueId)) fresh[pupils[i].UniqueId] = StudentKey.New();
        var first = missing.DistinctBy(i => pupils[i].UniqueId).ToList();

        foreach (var group in first.GroupBy(i => KeyPlace(fresh[pupils[i].UniqueId]).Partition))
            foreach (var chunk in group.Chunk(ITableStore.MaxChanges))
                await store.CommitAsync(
                    TableName.Directory, group.Key,
                    [.. chunk.Select(i => Sealed(current, fresh[pupils[i].UniqueId], pupils[i]))], cancellationToken);

        foreach (var group in first.GroupBy(i => HashPlace(current, pupils[i].UniqueId).Partition))
        {
            foreach (var chunk in group.Chunk(ITableStore.MaxChanges))
            {
                var inserts = chunk.Select(i => HashInsert(current, pupils[i].UniqueId, fresh[pupils[i].UniqueId])).ToList();
                if (await store.CommitAsync(TableName.Directory, group.Key, inserts, cancellationToken) is CommitResult.Committed) continue;
                foreach (var i in chunk) await AddOneAsync(current, pupils[i], fresh, cancellationToken);
            }
        }
        foreach (var i in missing) result[i] = fresh[pupils[i].UniqueId];
    }

    /// <summary>Another writer may have been first: then its key holds and ours is taken back.</summary>
    private async Task AddOneAsync(SecretKeys current, StudentNaming pupil, Dictionary<StudentUniqueId, StudentKey> fresh, CancellationToken cancellationToken)
    {
        var ours = fresh[pupil.UniqueId];
        var (partition, _) = HashPlace(current, pupil.UniqueId);
        if (await store.CommitAsync(TableName.Directory, partition, [HashInsert(current, pupil.UniqueId, ours)], cancellationToken) is CommitResult.Committed)
            return;
        var theirs = await FindAsync(pupil.UniqueId, cancellationToken)
            ?? throw new InvalidOperationException("A directory row was refused as present and then not found.");
        fresh[pupil.UniqueId] = theirs;
        var (keyPartition, keyRow) = KeyPlace(ours);
        if (await store.GetAsync(TableName.Directory, keyPartition, keyRow, cancellationToken) is { } orphan)
            await store.CommitAsync(TableName.Directory, keyPartition, [new RowChange.Delete(keyRow, orphan.ETag)], cancellationToken);
    }

    private async Task RenameAsync(StudentKey key, StudentNaming pupil, CancellationToken cancellationToken)
    {
        var (partition, row) = KeyPlace(key);
        while (true)
        {
            if (await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is not { } found) return;
            var known = await UnsealAsync(key, row, found.Body, cancellationToken);
            var named = pupil with { GivenName = pupil.GivenName ?? known.GivenName, FamilyName = pupil.FamilyName ?? known.FamilyName };
            if (named.GivenName == known.GivenName && named.FamilyName == known.FamilyName) return;
            var body = SealIdentity(await keys.CurrentAsync(cancellationToken), row, named);
            if (await store.CommitAsync(TableName.Directory, partition, [new RowChange.Replace(row, found.ETag, body)], cancellationToken) is CommitResult.Committed)
                return;
        }
    }

    private async ValueTask<StudentIdentity> UnsealAsync(StudentKey key, RowKey row, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var versionSize = body.Span[0];
        var version = Encoding.ASCII.GetString(body.Span.Slice(1, versionSize));
        var secret = await keys.OfAsync(version, cancellationToken);
        var sealedPart = body[(1 + versionSize)..];
        var plain = new byte[sealedPart.Length - SecretKeys.Overhead];
        secret.Unseal(sealedPart.Span, Place(row), plain);
        var entry = JsonSerializer.Deserialize(plain, DirectoryJson.Default.DirectoryEntry)
            ?? throw new FormatException("A directory row is empty.");
        return new StudentIdentity(key, StudentUniqueId.Parse(entry.Id), entry.Given, entry.Family);
    }

    private RowChange.Insert Sealed(SecretKeys current, StudentKey key, StudentNaming pupil)
    {
        var row = KeyPlace(key).Row;
        return new RowChange.Insert(row, SealIdentity(current, row, pupil));
    }

    private byte[] SealIdentity(SecretKeys current, RowKey row, StudentNaming pupil)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(
            new DirectoryEntry(pupil.UniqueId.Value, pupil.GivenName, pupil.FamilyName), DirectoryJson.Default.DirectoryEntry);
        return [(byte)current.Version.Length, .. Encoding.ASCII.GetBytes(current.Version), .. current.Seal(plain, Place(row))];
    }

    private string Place(RowKey row) => $"{district} {row.Value}";

    private RowChange.Insert HashInsert(SecretKeys current, StudentUniqueId id, StudentKey key) =>
        new(HashPlace(current, id).Row, key.Value.ToByteArray());

    private (PartitionKey Partition, RowKey Row) HashPlace(SecretKeys version, StudentUniqueId id)
    {
        Span<byte> hash = stackalloc byte[32];
        version.Hash(district.Value, id.Value, hash);
        var bucket = (int)(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(hash) % (uint)buckets);
        return (Bucket(bucket), RowKey.Of(HashRows, version.Version, Base64Url.EncodeToString(hash)));
    }

    private (PartitionKey Partition, RowKey Row) KeyPlace(StudentKey key) =>
        (Bucket(new PupilPartitions(district, buckets).BucketOf(key)), RowKey.Of(KeyRows, key.ToString()));

    private PartitionKey Bucket(int bucket) => PartitionKey.Of(district.Value, bucket.ToString("D4", CultureInfo.InvariantCulture));
}

internal sealed record DirectoryEntry(string Id, string? Given, string? Family);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DirectoryEntry))]
internal sealed partial class DirectoryJson : JsonSerializerContext;
