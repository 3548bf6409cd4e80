using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>The partitioned rows in the embedded database. Reads run on the caller's thread; they take microseconds.</summary>
public sealed class SqliteTableStore(SqliteDatabase database) : ITableStore
{
    // A query holds its read transaction for one chunk only, whatever the caller does between rows.
    private const int ChunkRows = 256;
    private const int ChunkBytes = 1024 * 1024;
    private const int StackKey = 768;

    private readonly ConcurrentDictionary<(TableName, PartitionKey), long> partitions = new();

    public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var reader = database.Read();
        return ValueTask.FromResult(Find(reader.Connection, table, partition) is { } id ? Get(reader.Connection, id, key) : null);
    }

    /// <summary>In one read transaction: each would otherwise begin with no page of the file in memory.</summary>
    public ValueTask<IReadOnlyList<TableRow>> GetManyAsync(TableName table, PartitionKey partition, IReadOnlyList<RowKey> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        cancellationToken.ThrowIfCancellationRequested();
        var rows = new List<TableRow>(keys.Count);
        using var reader = database.Read();
        if (Find(reader.Connection, table, partition) is not { } id) return ValueTask.FromResult<IReadOnlyList<TableRow>>(rows);
        reader.Connection.Execute("BEGIN");
        try
        {
            foreach (var key in keys)
                if (Get(reader.Connection, id, key) is { } row) rows.Add(row);
        }
        finally
        {
            reader.Connection.Execute("COMMIT");
        }
        return ValueTask.FromResult<IReadOnlyList<TableRow>>(rows);
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(
        TableName table, PartitionKey partition, RowKeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = KeyBytes.Encode(range.From);
        var to = KeyBytes.Encode(range.To);
        var chunk = new List<TableRow>(ChunkRows);
        bool more;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = ReadChunk(table, partition, ref from, to, chunk);
            foreach (var row in chunk) yield return row;
            chunk.Clear();
        }
        while (more);
        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    public ValueTask<CommitResult> CommitAsync(
        TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        CommitRules.Check(changes);
        return database.WriteAsync(
            connection =>
            {
                var result = Apply(connection, FindOrAdd(connection, table, partition), changes);
                return (result is CommitResult.Committed, result);
            },
            cancellationToken,
            flush: IsMoreThanTidying(changes));
    }

    /// <summary>A commit of deletes alone clears away what is done; nobody waits for it to be on disk.</summary>
    private static bool IsMoreThanTidying(IReadOnlyList<RowChange> changes)
    {
        foreach (var change in changes)
            if (change is not RowChange.Delete) return true;
        return false;
    }

    /// <summary>Fills the chunk and moves <paramref name="from"/> behind its last key; false if there is nothing after it.</summary>
    private bool ReadChunk(TableName table, PartitionKey partition, ref byte[] from, byte[] to, List<TableRow> chunk)
    {
        using var reader = database.Read();
        if (Find(reader.Connection, table, partition) is not { } id) return false;
        using var select = reader.Connection.Prepare(
            "SELECT key, version, body FROM entry WHERE partition = ?1 AND key >= ?2 AND key < ?3 ORDER BY key");
        select.Bind(1, id).Bind(2, from).Bind(3, to);
        var bytes = 0;
        while (select.Step())
        {
            var key = select.Bytes(0);
            var body = select.Bytes(2).ToArray();
            chunk.Add(new TableRow(RowKey.FromStored(KeyBytes.Decode(key)), Tag(select.Long(1)), body));
            bytes += body.Length;
            if (chunk.Count < ChunkRows && bytes < ChunkBytes) continue;
            from = [.. key, 0];
            return true;
        }
        return false;
    }

    private CommitResult Apply(Connection connection, long partition, IReadOnlyList<RowChange> changes)
    {
        using var insert = connection.Prepare(
            "INSERT INTO entry (partition, key, version, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        using var replace = connection.Prepare(
            "UPDATE entry SET version = ?3, body = ?4 WHERE partition = ?1 AND key = ?2 AND version = ?5");
        using var delete = connection.Prepare("DELETE FROM entry WHERE partition = ?1 AND key = ?2 AND version = ?3");
        var tags = new ETag[changes.Count];
        for (var i = 0; i < tags.Length; i++)
        {
            var version = database.NextVersion();
            var changed = changes[i] switch
            {
                RowChange.Insert row =>
                    BindKey(insert.Bind(1, partition), 2, row.Key).Bind(3, version).Bind(4, row.Body.Span).Execute(),
                RowChange.Replace row =>
                    BindKey(replace.Bind(1, partition), 2, row.Key).Bind(3, version).Bind(4, row.Body.Span).Bind(5, Version(row.ETag)).Execute(),
                RowChange.Delete row =>
                    BindKey(delete.Bind(1, partition), 2, row.Key).Bind(3, Version(row.ETag)).Execute(),
                _ => throw new ArgumentException("An unknown kind of change.", nameof(changes)),
            };
            if (changed == 0) return new CommitResult.Conflict(changes[i].Key);
            if (changes[i] is not RowChange.Delete) tags[i] = Tag(version);
        }
        return new CommitResult.Committed(tags);
    }

    private static TableRow? Get(Connection connection, long partition, RowKey key)
    {
        using var select = connection.Prepare("SELECT version, body FROM entry WHERE partition = ?1 AND key = ?2");
        BindKey(select.Bind(1, partition), 2, key);
        return select.Step() ? new TableRow(key, Tag(select.Long(0)), select.Bytes(1).ToArray()) : null;
    }

    private long? Find(Connection connection, TableName table, PartitionKey partition)
    {
        if (partitions.TryGetValue((table, partition), out var known)) return known;
        using var select = connection.Prepare("SELECT id FROM partition WHERE table_name = ?1 AND key = ?2");
        if (!select.Bind(1, table.Value).Bind(2, KeyBytes.Encode(partition.Value)).Step()) return null;
        return partitions[(table, partition)] = select.Long(0);
    }

    /// <summary>The partition's number on the writing connection. What is found or made here is not remembered: the
    /// transaction may yet be rolled back.</summary>
    private long FindOrAdd(Connection connection, TableName table, PartitionKey partition)
    {
        if (partitions.TryGetValue((table, partition), out var known)) return known;
        var key = KeyBytes.Encode(partition.Value);
        using var select = connection.Prepare("SELECT id FROM partition WHERE table_name = ?1 AND key = ?2");
        if (select.Bind(1, table.Value).Bind(2, key).Step()) return select.Long(0);
        using var insert = connection.Prepare("INSERT INTO partition (table_name, key) VALUES (?1, ?2) RETURNING id");
        insert.Bind(1, table.Value).Bind(2, key).Step();
        var id = insert.Long(0);
        insert.Execute();
        return id;
    }

    private static Statement BindKey(Statement statement, int parameter, RowKey key)
    {
        Span<byte> bytes = stackalloc byte[StackKey];
        if (KeyBytes.MaxLength(key.Value.Length) > bytes.Length) return statement.Bind(parameter, KeyBytes.Encode(key.Value));
        return statement.Bind(parameter, bytes[..KeyBytes.Encode(key.Value, bytes)]);
    }

    private static ETag Tag(long version) => new(version.ToString(CultureInfo.InvariantCulture));

    /// <summary>A tag that is none of ours is no row's version: 0 never is one.</summary>
    private static long Version(ETag tag) =>
        long.TryParse(tag.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
