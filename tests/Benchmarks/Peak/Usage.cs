using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Folder;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Benchmarks.Peak;

/// <summary>What the ports were asked for: each is a request to a service in Azure.</summary>
/// <param name="Reads">Rows read by key, and pages of up to 1,000 rows of a query.</param>
/// <param name="Commits">Transactions, of one row or up to a hundred.</param>
/// <param name="Rows">Changed by them.</param>
/// <param name="Files">Archive files made, opened or removed.</param>
public sealed record Requests(long Reads, long Commits, long Rows, long Bytes, long Messages, long Files)
{
    /// <summary>To Table Storage.</summary>
    public long Tables => Reads + Commits;

    public static Requests operator -(Requests left, Requests right) => new(
        left.Reads - right.Reads, left.Commits - right.Commits, left.Rows - right.Rows, left.Bytes - right.Bytes, left.Messages - right.Messages, left.Files - right.Files);
}

/// <summary>Counts what goes through the three ports that cost something.</summary>
/// <param name="latency">How long each request waits before the embedded adapter answers it: the way to a service.</param>
public sealed class Usage(TimeSpan latency = default)
{
    private const int PageRows = 1_000;
    private long reads, commits, rows, bytes, messages, files;

    public Requests Now => new(
        Interlocked.Read(ref reads), Interlocked.Read(ref commits), Interlocked.Read(ref rows), Interlocked.Read(ref bytes), Interlocked.Read(ref messages), Interlocked.Read(ref files));

    /// <summary>Puts the counters before the embedded adapters.</summary>
    public void Register(IServiceCollection services, string archive)
    {
        services.AddSingleton<ITableStore>(provider => new CountedStore(this, provider.GetRequiredService<SqliteTableStore>()));
        services.AddSingleton<IMessageSender>(provider => new CountedSender(this, provider.GetRequiredService<SqliteMessageQueue>()));
        services.AddSingleton<IFileArchive>(provider => new CountedArchive(this, new FolderArchive(archive, provider.GetRequiredService<TimeProvider>())));
    }

    private ValueTask WayAsync(CancellationToken cancellationToken) =>
        latency == TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(latency, cancellationToken));

    private sealed class CountedStore(Usage usage, ITableStore inner) : ITableStore
    {
        public async ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref usage.reads);
            await usage.WayAsync(cancellationToken);
            return await inner.GetAsync(table, partition, key, cancellationToken);
        }

        public async IAsyncEnumerable<TableRow> QueryAsync(
            TableName table, PartitionKey partition, RowKeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref usage.reads);
            await usage.WayAsync(cancellationToken);
            var read = 0;
            await foreach (var row in inner.QueryAsync(table, partition, range, cancellationToken))
            {
                if (++read % PageRows == 0) Interlocked.Increment(ref usage.reads);
                yield return row;
            }
        }

        public async ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref usage.commits);
            Interlocked.Add(ref usage.rows, changes.Count);
            foreach (var change in changes)
                Interlocked.Add(ref usage.bytes, change switch { RowChange.Insert row => row.Body.Length, RowChange.Replace row => row.Body.Length, _ => 0 });
            await usage.WayAsync(cancellationToken);
            return await inner.CommitAsync(table, partition, changes, cancellationToken);
        }
    }

    private sealed class CountedSender(Usage usage, IMessageSender inner) : IMessageSender
    {
        public async ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> sent, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref usage.messages, sent.Count);
            await usage.WayAsync(cancellationToken);
            await inner.SendAsync(queue, sent, cancellationToken);
        }
    }

    private sealed class CountedArchive(Usage usage, IFileArchive inner) : IFileArchive
    {
        public async ValueTask<ArchiveWrite> CreateAsync(ArchivePath path, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref usage.files);
            await usage.WayAsync(cancellationToken);
            return await inner.CreateAsync(path, cancellationToken);
        }

        public async ValueTask<Stream?> OpenReadAsync(ArchivePath path, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref usage.files);
            await usage.WayAsync(cancellationToken);
            return await inner.OpenReadAsync(path, cancellationToken);
        }

        public ValueTask<bool> DeleteAsync(ArchivePath path, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref usage.files);
            return inner.DeleteAsync(path, cancellationToken);
        }

        public IAsyncEnumerable<ArchivePath> ListAsync(ArchivePath prefix, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref usage.files);
            return inner.ListAsync(prefix, cancellationToken);
        }
    }
}
