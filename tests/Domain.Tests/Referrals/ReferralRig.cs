using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Referrals;

/// <summary>Referrals, worklist and weekly cap over a real embedded store, with four partitions to keep it quick.</summary>
internal sealed class ReferralRig : IDisposable
{
    public ReferralRig()
    {
        Tables = new CountingTables(Store.Tables);
        Outbox = new Outbox(Tables, Store.Queue);
        Referrals = new ReferralStore(Tables, Outbox, Cast.District, Partitions, Clock);
        Worklist = new Worklist(Tables, Cast.District);
        Projection = new WorklistProjection(Tables, Referrals, Cast.District);
        WeeklyCap = new WeeklyCap(Tables, Referrals, Worklist, Cast.District);
    }

    public FakeTimeProvider Clock { get; } = new(Cast.Now);
    public TestStore Store { get; } = new();
    public CountingTables Tables { get; }
    public PupilPartitions Partitions { get; } = new(Cast.District, 4);
    public Outbox Outbox { get; }
    public ReferralStore Referrals { get; }
    public Worklist Worklist { get; }
    public WorklistProjection Projection { get; }
    public WeeklyCap WeeklyCap { get; }

    /// <summary>Takes all messages off the queue of referrals.</summary>
    public async Task<List<Envelope>> ReceiveAsync()
    {
        var envelopes = new List<Envelope>();
        while (true)
        {
            var received = await Store.Queue.ReceiveAsync(QueueName.Referrals, 100, TimeSpan.FromMinutes(1), CancellationToken.None);
            if (received.Count == 0) return envelopes;
            foreach (var message in received)
            {
                envelopes.Add(Envelope.Parse(message.Body));
                await Store.Queue.CompleteAsync(message, CancellationToken.None);
            }
        }
    }

    public async Task ProjectAsync()
    {
        foreach (var envelope in await ReceiveAsync()) await Projection.ConsumeAsync(envelope, CancellationToken.None);
    }

    public void Dispose() => Store.Dispose();
}

/// <summary>Counts what goes to the store behind it.</summary>
internal sealed class CountingTables(ITableStore tables) : ITableStore
{
    private int reads;
    private int commits;

    public int Reads => reads;

    public int Commits => commits;

    public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref reads);
        return tables.GetAsync(table, partition, key, cancellationToken);
    }

    public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref reads);
        return tables.QueryAsync(table, partition, range, cancellationToken);
    }

    public ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref commits);
        return tables.CommitAsync(table, partition, changes, cancellationToken);
    }
}
