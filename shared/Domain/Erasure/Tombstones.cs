using System.Buffers.Text;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>Keeps tombstones: rows <c>T|version|hmac</c> of table <c>directory</c>, partition (district, "erased"), under the version of
/// the keyring that was the newest when the pupil was erased.</summary>
/// <remarks>They are never re-keyed, since the number is gone: older versions of the keyring stay for them, as they do for the audit's
/// signatures, and a number is looked for under every version there is a tombstone of.</remarks>
public sealed class Tombstones(ITableStore store, DirectoryKeys keys, DistrictId district)
{
    /// <summary>Whoever had read a pupil before the erasure has written by then, or failed: twice the longest loan of a message, and an
    /// hour's margin. Inclusive: from then on a pass that finds nothing confirms it.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromHours(1);

    private const string Rows = "T";

    /// <summary>The pupils erased so far, to ask many numbers of.</summary>
    public async Task<ErasedPupils> ReadAsync(CancellationToken cancellationToken)
    {
        HashSet<string>? hashes = null;
        await foreach (var row in store.QueryAsync(TableName.Directory, Partition, RowKeyRange.Under(Rows), cancellationToken))
            (hashes ??= new HashSet<string>(StringComparer.Ordinal)).Add(row.Key.Value);
        if (hashes is null) return ErasedPupils.None;
        var versions = hashes.Select(hash => RowKey.FromStored(hash).Parts()[1]).ToHashSet();
        return new ErasedPupils(district, hashes, [.. (await keys.AllAsync(cancellationToken)).Where(k => versions.Contains(k.Version))]);
    }

    public async Task<List<StoredTombstone>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<StoredTombstone>();
        await foreach (var row in store.QueryAsync(TableName.Directory, Partition, RowKeyRange.Under(Rows), cancellationToken)) all.Add(Read(row));
        return all;
    }

    public async ValueTask<StoredTombstone?> FindAsync(StudentUniqueId id, CancellationToken cancellationToken)
    {
        foreach (var version in await keys.AllAsync(cancellationToken))
            if (await store.GetAsync(TableName.Directory, Partition, KeyOf(version, district, id.Value), cancellationToken) is { } row) return Read(row);
        return null;
    }

    /// <summary>Puts up a tombstone, or says what has been learned since of one that stands.</summary>
    public async Task<StoredTombstone> SaveAsync(StudentUniqueId id, Func<Tombstone?, Tombstone> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var held = await FindAsync(id, cancellationToken);
            var key = held?.Key ?? KeyOf(await keys.CurrentAsync(cancellationToken), district, id.Value);
            if (await SaveAsync(key, held, change(held?.Tombstone), cancellationToken) is { } saved) return saved;
        }
    }

    /// <returns>Null if somebody else changed it first.</returns>
    public async Task<StoredTombstone?> SaveAsync(RowKey key, StoredTombstone? held, Tombstone tombstone, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(tombstone, TombstoneJson.Default.Tombstone);
        RowChange change = held is { Version: var version } ? new RowChange.Replace(key, version, body) : new RowChange.Insert(key, body);
        return await store.CommitAsync(TableName.Directory, Partition, [change], cancellationToken) is CommitResult.Committed committed
            ? new StoredTombstone(key, tombstone, committed.ETags[0])
            : null;
    }

    internal static PartitionKey PartitionOf(DistrictId district) => PartitionKey.Of(district.Value, "erased");

    internal static RowKey KeyOf(SecretKeys version, DistrictId district, string studentUniqueId)
    {
        Span<byte> hash = stackalloc byte[32];
        version.Hash(district.Value, studentUniqueId, hash);
        return RowKey.Of(Rows, version.Version, Base64Url.EncodeToString(hash));
    }

    private PartitionKey Partition => PartitionOf(district);

    private static StoredTombstone Read(TableRow row) =>
        new(row.Key, JsonSerializer.Deserialize(row.Body.Span, TombstoneJson.Default.Tombstone) ?? throw new FormatException("A tombstone is empty."), row.ETag);
}

/// <summary>The pupils erased so far. Asking costs an HMAC, and nothing where nobody was erased.</summary>
public sealed class ErasedPupils
{
    private readonly DistrictId district;
    private readonly HashSet<string> hashes;
    private readonly IReadOnlyList<SecretKeys> versions;

    internal ErasedPupils(DistrictId district, HashSet<string> hashes, IReadOnlyList<SecretKeys> versions)
    {
        this.district = district;
        this.hashes = hashes;
        this.versions = versions;
    }

    public static ErasedPupils None { get; } = new(default, [], []);

    public bool IsEmpty => hashes.Count == 0;

    public bool Contains(string studentUniqueId) =>
        versions.Any(version => hashes.Contains(Tombstones.KeyOf(version, district, studentUniqueId).Value));

    public bool Contains(StudentUniqueId id) => versions.Count > 0 && Contains(id.Value);
}
