using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>What a rekeying has done so far.</summary>
/// <param name="Hashed">Pupils who can be found under the new version.</param>
/// <param name="Sealed">Rows sealed anew: names, blocks of rolls, and the keys of backups.</param>
/// <param name="Removed">Rows of older versions taken away.</param>
public sealed record RekeyReport(string From, string To, long Hashed, long Sealed, long Removed);

/// <summary>Gives the directory a new version of the keyring while everything goes on being served: every pupil is found under both
/// until all are found under the new one, then the old rows go.</summary>
/// <remarks>
/// Each step can be repeated, and a row says how far it is: who starts again after a crash goes on with the same version.
/// In order: the row is written; the new version is made; every <c>H</c> row is copied and every sealed row sealed anew, while whoever
/// knows of the new version writes new pupils under both; after <see cref="Settle"/> everybody knows, and new pupils are written
/// under the new one alone; old <c>H</c> rows are removed, pass after pass, until one finds nothing and <see cref="Settle"/> has gone by
/// once more. Older versions stay in the keyring: the audit's signatures and sessions were made with them.
/// </remarks>
public sealed class DirectoryRekey(
    ITableStore store, IKeyring keyring, DirectoryKeys keys, SchoolRolls rolls, SchoolRegistry registry, BackupKeys backupKeys, DistrictSettingsStore settingsStore,
    DistrictId district, TimeProvider time, int buckets = PupilPartitions.DefaultCount)
{
    /// <summary>Longer than any process goes on with the version it knew (<see cref="IKeyring"/> is asked anew sooner) and than a
    /// batch of new pupils takes to write.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMinutes(2);

    private const int AtOnce = 8;

    private readonly DirectoryRows rows = new(district, buckets);

    /// <summary>Begins a rekeying, or goes on with one that was cut short, and stays until it is done: at the least twice
    /// <see cref="Settle"/>.</summary>
    /// <param name="progress">Told after each pass.</param>
    public async Task<RekeyReport> RunAsync(IProgress<RekeyReport>? progress, CancellationToken cancellationToken)
    {
        var (state, etag) = await BeginAsync(cancellationToken);
        var done = new RekeyReport(state.From, "", 0, 0, 0);
        (done, _) = await PassAsync(done, closing: false, progress, cancellationToken);
        if (state.ClosingAt is null)
        {
            await WaitUntilAsync(state.MadeAt!.Value + Settle, cancellationToken);
            (state, etag) = await SaveAsync(state with { ClosingAt = time.GetUtcNow() }, etag, cancellationToken);
        }
        while (true)
        {
            var isSettled = time.GetUtcNow() >= state.ClosingAt!.Value + Settle;
            (done, var changed) = await PassAsync(done, closing: true, progress, cancellationToken);
            if (isSettled && changed == 0) break;
            await WaitUntilAsync(state.ClosingAt.Value + Settle, cancellationToken);
        }
        // Refused: another run has ended it meanwhile.
        await store.CommitAsync(TableName.Directory, RekeyState.Partition(district), [new RowChange.Delete(RekeyState.Key, etag)], cancellationToken);
        return done;
    }

    private async Task<(RekeyState State, ETag ETag)> BeginAsync(CancellationToken cancellationToken)
    {
        var current = await keyring.CurrentAsync(cancellationToken);
        if (await RekeyState.FindAsync(store, district, cancellationToken) is not { } found)
            found = await SaveAsync(new RekeyState(current.Version), null, cancellationToken);
        if (found.State.MadeAt is not null) return found;
        if ((await keyring.CurrentAsync(cancellationToken)).Version == found.State.From) await keyring.RotateAsync(cancellationToken);
        return await SaveAsync(found.State with { MadeAt = time.GetUtcNow() }, found.ETag, cancellationToken);
    }

    /// <summary>Where another run was first, its state holds.</summary>
    private async Task<(RekeyState State, ETag ETag)> SaveAsync(RekeyState state, ETag? held, CancellationToken cancellationToken)
    {
        RowChange change = held is { } known
            ? new RowChange.Replace(RekeyState.Key, known, state.ToBody())
            : new RowChange.Insert(RekeyState.Key, state.ToBody());
        return await store.CommitAsync(TableName.Directory, RekeyState.Partition(district), [change], cancellationToken) is CommitResult.Committed committed
            ? (state, committed.ETags[0])
            : await RekeyState.FindAsync(store, district, cancellationToken)
                ?? throw new IOException("Another run of the rekeying has ended meanwhile. Nothing is left to do.");
    }

    private async Task<(RekeyReport Done, long Changed)> PassAsync(
        RekeyReport done, bool closing, IProgress<RekeyReport>? progress, CancellationToken cancellationToken)
    {
        // Asked for with each pass: of two runs that began at once both may have made a version, and the newer one counts.
        var to = await keys.CurrentAsync(cancellationToken);
        long hashed = 0, resealed = 0, removed = 0;
        await Parallel.ForEachAsync(
            rows.Partitions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (partition, stop) =>
            {
                var (copied, gone) = await RehashAsync(partition, to, closing, stop);
                Interlocked.Add(ref hashed, copied);
                Interlocked.Add(ref removed, gone);
                Interlocked.Add(ref resealed, await ResealAsync(partition, to, stop));
            });
        var firstMonth = (await settingsStore.ReadAsync(cancellationToken)).Settings.FirstMonth;
        foreach (var endYear in await registry.YearsAsync(cancellationToken))
        {
            var year = new SchoolYear(endYear, firstMonth);
            foreach (var school in await registry.InYearAsync(year, cancellationToken)) resealed += await rolls.ResealAsync(school, year, to, cancellationToken);
        }
        resealed += await backupKeys.ResealAsync(to, cancellationToken);
        done = done with { To = to.Version, Hashed = done.Hashed + hashed, Sealed = done.Sealed + resealed, Removed = done.Removed + removed };
        progress?.Report(done);
        return (done, hashed + resealed + removed);
    }

    private async Task<(int Copied, int Removed)> RehashAsync(PartitionKey partition, SecretKeys to, bool remove, CancellationToken cancellationToken)
    {
        var copied = 0;
        var old = new List<TableRow>();
        await foreach (var row in store.QueryAsync(TableName.Directory, partition, RowKeyRange.Under(DirectoryRows.HashRows), cancellationToken))
        {
            if (row.Key.Parts()[1] == to.Version) continue;
            if (await CopyAsync(DirectoryRows.KeyOf(row), to, cancellationToken)) copied++;
            old.Add(row);
        }
        if (!remove) return (copied, 0);
        foreach (var chunk in old.Chunk(ITableStore.MaxChanges))
            await store.CommitAsync(TableName.Directory, partition, [.. chunk.Select(row => new RowChange.Delete(row.Key, row.ETag))], cancellationToken);
        return (copied, old.Count);
    }

    /// <returns>True if the pupil could not be found under the new version yet. A row without an identity is what a writer left who
    /// lost to another, or an erasure: nobody is to be found by it.</returns>
    private async Task<bool> CopyAsync(StudentKey student, SecretKeys to, CancellationToken cancellationToken)
    {
        var (partition, key) = rows.KeyPlace(student);
        if (await store.GetAsync(TableName.Directory, partition, key, cancellationToken) is not { } row) return false;
        var identity = await rows.UnsealAsync(keys, student, row, cancellationToken);
        var place = rows.HashPlace(to, identity.UniqueId).Partition;
        var insert = rows.HashInsert(to, identity.UniqueId, student);
        if (await store.CommitAsync(TableName.Directory, place, [insert], cancellationToken) is not CommitResult.Committed { ETags: [var tag] }) return false;
        // Erased meanwhile: whoever erased could not know of this row.
        if (await store.GetAsync(TableName.Directory, partition, key, cancellationToken) is null)
            await store.CommitAsync(TableName.Directory, place, [new RowChange.Delete(insert.Key, tag)], cancellationToken);
        return true;
    }

    /// <summary>A row that somebody else changed meanwhile is counted and met again in the next pass.</summary>
    private async Task<int> ResealAsync(PartitionKey partition, SecretKeys to, CancellationToken cancellationToken)
    {
        var found = 0;
        await foreach (var row in store.QueryAsync(TableName.Directory, partition, RowKeyRange.Under(DirectoryRows.KeyRows), cancellationToken))
        {
            if (DirectoryRows.VersionOf(row.Body) == to.Version) continue;
            var identity = await rows.UnsealAsync(keys, StudentKey.Parse(row.Key.Parts()[1]), row, cancellationToken);
            var body = rows.SealIdentity(to, row.Key, new StudentNaming(identity.UniqueId, identity.GivenName, identity.FamilyName));
            await store.CommitAsync(TableName.Directory, partition, [new RowChange.Replace(row.Key, row.ETag, body)], cancellationToken);
            found++;
        }
        return found;
    }

    private async Task WaitUntilAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (at - time.GetUtcNow() is { Ticks: > 0 } left) await Task.Delay(left, time, cancellationToken);
    }
}
