using System.Collections.Concurrent;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
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
/// lost is removed, and one left by a crash is an orphan for the sweep. While the directory is given new keys
/// (<see cref="DirectoryRekey"/>) a new pupil's <c>H</c> is written under the older version first, which those know who have not
/// heard of the new one, and then under the new one, whose insert is the last word.</remarks>
public sealed class StudentDirectory(ITableStore store, DirectoryKeys keys, DistrictId district, int buckets = PupilPartitions.DefaultCount)
{
    /// <summary>Rows asked for at once when many pupils are named.</summary>
    private const int AtOnce = 16;

    private readonly DirectoryRows rows = new(district, buckets);
    private readonly Tombstones tombstones = new(store, keys, district);

    /// <summary>The pupil's key, or null if the directory does not know the id.</summary>
    public async ValueTask<StudentKey?> FindAsync(StudentUniqueId id, CancellationToken cancellationToken)
    {
        foreach (var version in await keys.AllAsync(cancellationToken))
        {
            var (partition, row) = rows.HashPlace(version, id);
            if (await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is { } found)
                return DirectoryRows.KeyOf(found);
        }
        return null;
    }

    /// <summary>Finds or makes the key of every pupil named; a name given replaces none held.</summary>
    /// <returns>Keys in the order of the input; an empty one for a pupil who was erased and is not to come back.</returns>
    public async Task<StudentKey[]> EnsureAsync(IReadOnlyList<StudentNaming> pupils, CancellationToken cancellationToken)
    {
        var result = new StudentKey[pupils.Count];
        var missing = new List<int>();
        var erased = await tombstones.ReadAsync(cancellationToken);
        for (var i = 0; i < pupils.Count; i++)
        {
            if (erased.Contains(pupils[i].UniqueId)) continue;
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
        var (partition, row) = rows.KeyPlace(key);
        return await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is { } found
            ? await rows.UnsealAsync(keys, key, found, cancellationToken)
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

    /// <summary>Everybody, bucket by bucket: for a replay of tombstones.</summary>
    public async IAsyncEnumerable<StudentIdentity> AllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var partition in rows.Partitions)
            await foreach (var row in store.QueryAsync(TableName.Directory, partition, RowKeyRange.Under(DirectoryRows.KeyRows), cancellationToken))
                yield return await rows.UnsealAsync(keys, StudentKey.Parse(row.Key.Parts()[1]), row, cancellationToken);
    }

    /// <summary>Makes everybody findable by number again whose identity is held: after a restore.</summary>
    /// <returns>How many pupils there are.</returns>
    public async Task<long> RestoreNumbersAsync(CancellationToken cancellationToken)
    {
        var current = await keys.CurrentAsync(cancellationToken);
        long pupils = 0;
        await foreach (var identity in AllAsync(cancellationToken))
        {
            // A conflict says that it is there already.
            await store.CommitAsync(
                TableName.Directory, rows.HashPlace(current, identity.UniqueId).Partition, [rows.HashInsert(current, identity.UniqueId, identity.Key)], cancellationToken);
            pupils++;
        }
        return pupils;
    }

    /// <summary>How many rows tie the pupil to number and name.</summary>
    public async Task<int> CountAsync(StudentKey key, StudentUniqueId id, CancellationToken cancellationToken) =>
        (await RowsOfAsync(key, id, cancellationToken)).Count;

    /// <summary>Removes number and name: for an erasure.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> ForgetAsync(StudentKey key, StudentUniqueId id, CancellationToken cancellationToken)
    {
        var forgotten = 0;
        while (await RowsOfAsync(key, id, cancellationToken) is { Count: > 0 } theirs)
            foreach (var (partition, row) in theirs)
                if (await store.CommitAsync(TableName.Directory, partition, [new RowChange.Delete(row.Key, row.ETag)], cancellationToken) is CommitResult.Committed) forgotten++;
        return forgotten;
    }

    /// <summary>What finds the pupil first, who it is last: a run that is cut short in between is gone on with by name.</summary>
    private async Task<List<(PartitionKey Partition, TableRow Row)>> RowsOfAsync(StudentKey key, StudentUniqueId id, CancellationToken cancellationToken)
    {
        var places = (await keys.AllAsync(cancellationToken)).Select(version => rows.HashPlace(version, id)).Append(rows.KeyPlace(key));
        var theirs = new List<(PartitionKey, TableRow)>();
        foreach (var (partition, row) in places)
            if (await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is { } found) theirs.Add((partition, found));
        return theirs;
    }

    private async Task AddAsync(IReadOnlyList<StudentNaming> pupils, List<int> missing, StudentKey[] result, CancellationToken cancellationToken)
    {
        // In this order: who has read the new version finds the rekeying that it came with.
        var current = await keys.CurrentAsync(cancellationToken);
        var older = await RekeyState.OlderAsync(store, keys, district, current, cancellationToken);
        var fresh = new Dictionary<StudentUniqueId, StudentKey>();
        foreach (var i in missing)
            if (!fresh.ContainsKey(pupils[i].UniqueId)) fresh[pupils[i].UniqueId] = StudentKey.New();
        var first = missing.DistinctBy(i => pupils[i].UniqueId).ToList();

        foreach (var group in first.GroupBy(i => rows.KeyPlace(fresh[pupils[i].UniqueId]).Partition))
            foreach (var chunk in group.Chunk(ITableStore.MaxChanges))
                await store.CommitAsync(
                    TableName.Directory, group.Key,
                    [.. chunk.Select(i => rows.KeyInsert(current, fresh[pupils[i].UniqueId], pupils[i]))], cancellationToken);

        if (older is not null) await DecideAsync(older, [.. first.Select(i => pupils[i].UniqueId)], fresh, cancellationToken);
        await DecideAsync(current, [.. first.Select(i => pupils[i].UniqueId)], fresh, cancellationToken);
        foreach (var i in missing) result[i] = fresh[pupils[i].UniqueId];
    }

    /// <summary>Inserts the <c>H</c> rows of a version. Where another writer was first, its key holds and ours is taken back.</summary>
    private async Task DecideAsync(SecretKeys version, IReadOnlyList<StudentUniqueId> pupils, Dictionary<StudentUniqueId, StudentKey> keyOf, CancellationToken cancellationToken)
    {
        foreach (var group in pupils.GroupBy(id => rows.HashPlace(version, id).Partition))
        {
            foreach (var chunk in group.Chunk(ITableStore.MaxChanges))
            {
                var inserts = chunk.Select(id => rows.HashInsert(version, id, keyOf[id])).ToList();
                if (await store.CommitAsync(TableName.Directory, group.Key, inserts, cancellationToken) is CommitResult.Committed) continue;
                foreach (var id in chunk) keyOf[id] = await DecideOneAsync(version, id, keyOf[id], cancellationToken);
            }
        }
    }

    /// <returns>The key that holds.</returns>
    private async Task<StudentKey> DecideOneAsync(SecretKeys version, StudentUniqueId id, StudentKey ours, CancellationToken cancellationToken)
    {
        var insert = rows.HashInsert(version, id, ours);
        var (partition, row) = rows.HashPlace(version, id);
        while (await store.CommitAsync(TableName.Directory, partition, [insert], cancellationToken) is CommitResult.Conflict)
        {
            if (await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is not { } found) continue;
            var theirs = DirectoryRows.KeyOf(found);
            if (theirs == ours) return ours;
            var (keyPartition, keyRow) = rows.KeyPlace(ours);
            if (await store.GetAsync(TableName.Directory, keyPartition, keyRow, cancellationToken) is { } orphan)
                await store.CommitAsync(TableName.Directory, keyPartition, [new RowChange.Delete(keyRow, orphan.ETag)], cancellationToken);
            return theirs;
        }
        return ours;
    }

    private async Task RenameAsync(StudentKey key, StudentNaming pupil, CancellationToken cancellationToken)
    {
        var (partition, row) = rows.KeyPlace(key);
        while (true)
        {
            if (await store.GetAsync(TableName.Directory, partition, row, cancellationToken) is not { } found) return;
            var known = await rows.UnsealAsync(keys, key, found, cancellationToken);
            var named = pupil with { GivenName = pupil.GivenName ?? known.GivenName, FamilyName = pupil.FamilyName ?? known.FamilyName };
            if (named.GivenName == known.GivenName && named.FamilyName == known.FamilyName) return;
            var body = rows.SealIdentity(await keys.CurrentAsync(cancellationToken), row, named);
            if (await store.CommitAsync(TableName.Directory, partition, [new RowChange.Replace(row, found.ETag, body)], cancellationToken) is CommitResult.Committed)
                return;
        }
    }
}
