using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Students;

/// <summary>A directory over a real store, and processes that work on it, each with the keyring as it knows it.</summary>
internal sealed class RekeyRig : IDisposable
{
    public const int Buckets = 4;
    public static readonly SchoolId Oakfield = SchoolId.Parse("oakfield");
    public static readonly SchoolYear Year = new(2026, 9);
    public static readonly DistrictId Valley = DistrictId.Parse("valley");

    private readonly TestStore store = new();

    public RekeyRig(TimeProvider clock)
    {
        Clock = clock;
        Keyring = new FileKeyring(store.Folder.Path, clock);
    }

    public TimeProvider Clock { get; }

    public IKeyring Keyring { get; }

    public ITableStore Tables => store.Tables;

    /// <summary>A process of its own.</summary>
    /// <param name="keyring">As it knows it; null asks each time.</param>
    /// <param name="over">Stands between it and the table.</param>
    public (StudentDirectory Directory, SchoolRolls Rolls, DirectoryRekey Rekey) Process(IKeyring? keyring = null, ITableStore? over = null)
    {
        var tables = over ?? store.Tables;
        keyring ??= Keyring;
        var keys = new DirectoryKeys(keyring);
        var directory = new StudentDirectory(tables, keys, Valley, Buckets);
        var registry = new SchoolRegistry(tables, Valley);
        var rolls = new SchoolRolls(tables, keys, directory, registry, new Outbox(tables, store.Queue), Valley);
        return (directory, rolls, new DirectoryRekey(tables, keyring, keys, rolls, registry, BackupKeysOf(keys), new DistrictSettingsStore(tables, Valley), Valley, Clock, Buckets));
    }

    /// <summary>The keys of backups, as a process with this ring knows them.</summary>
    public BackupKeys BackupKeysOf(DirectoryKeys keys) => new(store.Tables, keys, new PupilPartitions(Valley, Buckets), Valley);

    /// <summary>All rows of the directory's partitions, by key.</summary>
    public async Task<List<TableRow>> RowsAsync(string kind)
    {
        var rows = new List<TableRow>();
        for (var bucket = 0; bucket < Buckets; bucket++)
            rows.AddRange(await store.RowsAsync(TableName.Directory, PartitionKey.Of("valley", $"{bucket:D4}"), RowKeyRange.Under(kind)));
        return rows;
    }

    public void Dispose() => store.Dispose();
}

/// <summary>A process that looks for a new version only now and then.</summary>
internal sealed class SlowKeyring(IKeyring inner, TimeSpan kept, TimeProvider clock) : IKeyring
{
    private IReadOnlyList<KeyringSecret> known = [];
    private long readAt;

    public async ValueTask<KeyringSecret> CurrentAsync(CancellationToken cancellationToken) =>
        await AllAsync(cancellationToken) is [var newest, ..] ? newest : await inner.CurrentAsync(cancellationToken);

    public ValueTask<KeyringSecret?> FindAsync(string version, CancellationToken cancellationToken) => inner.FindAsync(version, cancellationToken);

    public async ValueTask<IReadOnlyList<KeyringSecret>> AllAsync(CancellationToken cancellationToken)
    {
        if (known.Count > 0 && clock.GetElapsedTime(readAt) < kept) return known;
        readAt = clock.GetTimestamp();
        return known = await inner.AllAsync(cancellationToken);
    }

    public ValueTask<KeyringSecret> RotateAsync(CancellationToken cancellationToken) => inner.RotateAsync(cancellationToken);
}

/// <summary>Dies at its nth write, before or after it went in: from then on nothing gets through.</summary>
internal sealed class DyingStore(ITableStore inner, int atWrite, bool after) : ITableStore
{
    private int writes;

    public int Writes => Volatile.Read(ref writes);

    public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken)
    {
        RefuseIfDead();
        return inner.GetAsync(table, partition, key, cancellationToken);
    }

    public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken)
    {
        RefuseIfDead();
        return inner.QueryAsync(table, partition, range, cancellationToken);
    }

    public async ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var write = Interlocked.Increment(ref writes);
        if (write > atWrite || (write == atWrite && !after)) throw new IOException("Killed.");
        var result = await inner.CommitAsync(table, partition, changes, cancellationToken);
        return write == atWrite ? throw new IOException("Killed.") : result;
    }

    private void RefuseIfDead()
    {
        if (Writes >= atWrite) throw new IOException("Killed.");
    }
}

/// <summary>A ring that has lost every version but the newest.</summary>
internal sealed class OnlyNewest(IKeyring inner) : IKeyring
{
    public ValueTask<KeyringSecret> CurrentAsync(CancellationToken cancellationToken) => inner.CurrentAsync(cancellationToken);

    public async ValueTask<KeyringSecret?> FindAsync(string version, CancellationToken cancellationToken) =>
        await inner.CurrentAsync(cancellationToken) is var newest && newest.Version == version ? newest : null;

    public async ValueTask<IReadOnlyList<KeyringSecret>> AllAsync(CancellationToken cancellationToken) => [await inner.CurrentAsync(cancellationToken)];

    public ValueTask<KeyringSecret> RotateAsync(CancellationToken cancellationToken) => inner.RotateAsync(cancellationToken);
}
