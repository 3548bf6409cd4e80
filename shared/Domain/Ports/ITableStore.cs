namespace SchoolSignal.Domain.Ports;

/// <summary>The version of a row; every write changes it.</summary>
public readonly record struct ETag(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A row as read: its body is at most 64 KiB, JSON or one of the packed formats.</summary>
public readonly record struct TableRow(RowKey Key, ETag ETag, ReadOnlyMemory<byte> Body);

/// <summary>One change of a commit. There is no unconditional replace on purpose: two writers must notice each other.</summary>
public abstract record RowChange(RowKey Key)
{
    /// <summary>Fails the commit if the row is there.</summary>
    public sealed record Insert(RowKey Key, ReadOnlyMemory<byte> Body) : RowChange(Key);

    /// <summary>Fails the commit if the row is gone or has another version.</summary>
    public sealed record Replace(RowKey Key, ETag ETag, ReadOnlyMemory<byte> Body) : RowChange(Key);

    /// <summary>Fails the commit if the row is gone or has another version.</summary>
    public sealed record Delete(RowKey Key, ETag ETag) : RowChange(Key);
}

/// <summary>What became of a commit.</summary>
public abstract record CommitResult
{
    /// <summary>All changes are in; the new versions stand in the order of the changes (default for deletes).</summary>
    public sealed record Committed(IReadOnlyList<ETag> ETags) : CommitResult;

    /// <summary>Nothing was changed: the row named was not in the expected state (exists, gone, or changed).</summary>
    public sealed record Conflict(RowKey Key) : CommitResult;
}

/// <summary>Partitioned rows. Queries are not snapshots; a commit is atomic within one partition; a refused commit
/// leaves nothing behind.</summary>
public interface ITableStore
{
    /// <summary>The most changes a commit may hold.</summary>
    const int MaxChanges = 100;

    /// <summary>The largest body of a row, in bytes.</summary>
    const int MaxBody = 64 * 1024;

    /// <summary>The most bytes a commit may hold, each change counted by <see cref="WireBytes"/>: Table Storage takes no larger
    /// request.</summary>
    const int MaxCommitBytes = 4 * 1024 * 1024;

    /// <summary>What a change counts, as it travels to Table Storage: its body in base64, its key in the address and in the
    /// row, where a character may take five bytes each, and a kilobyte around them.</summary>
    static int WireBytes(RowKey key, int body) => ((body + 2) / 3 * 4) + (key.Value.Length * 10) + 1024;

    ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken);

    /// <summary>Those of the rows that there are, in the order of their keys as given. No snapshot: each is as it was at some moment of the
    /// call. Meant for some dozens of keys.</summary>
    async ValueTask<IReadOnlyList<TableRow>> GetManyAsync(TableName table, PartitionKey partition, IReadOnlyList<RowKey> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var rows = new List<TableRow>(keys.Count);
        foreach (var key in keys)
            if (await GetAsync(table, partition, key, cancellationToken) is { } row) rows.Add(row);
        return rows;
    }

    /// <summary>Rows of the range in ordinal order of their keys.</summary>
    IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken);

    /// <summary>Applies all changes or none.</summary>
    /// <exception cref="ArgumentException">No changes, more than <see cref="MaxChanges"/>, a body over
    /// <see cref="MaxBody"/>, more than <see cref="MaxCommitBytes"/> in all, or one row twice: refused before any I/O.</exception>
    ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken);
}
