using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Messaging;

/// <summary>R3 of the guarantees: whatever breaks between commit, dispatch and mark, a message goes out, and once after
/// duplicate detection.</summary>
public sealed class OutboxTests : IDisposable
{
    private static readonly DistrictId District = DistrictId.Parse("test");
    private static readonly PartitionKey Partition = PartitionKey.Of("test", "202602");
    private static readonly Envelope Message = Envelope.First("work 1", "kind", ("feed", "f"));

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 2, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly TestStore store;

    public OutboxTests() => store = new TestStore(clock);

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Relay_FaultAfterDispatchBeforeMark_SendsOnceAfterDeduplication()
    {
        var tables = new UnmarkingTables(store.Tables);
        var outbox = new Outbox(tables, store.Queue);
        await CommitAsync(Partition);
        tables.RefusesDeletes = true;
        await Assert.ThrowsAsync<IOException>(() => outbox.RelayAsync(TableName.Feeds, Partition, CancellationToken.None));
        tables.RefusesDeletes = false;
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await outbox.RelayAsync(TableName.Feeds, Partition, CancellationToken.None));
        Assert.Equal(0, await outbox.RelayAsync(TableName.Feeds, Partition, CancellationToken.None));
        Assert.Equal(Message.ToJson(), Assert.Single(await ReceiveAsync()).Body);
    }

    [Fact]
    public async Task Commit_OfStateAndMessages_SendsWhatIsDueAndLeavesNoRow()
    {
        var outbox = new Outbox(store.Tables, store.Queue);
        var state = RowKey.Of("state");
        var result = await outbox.CommitAsync(
            TableName.Feeds, Partition,
            [new RowChange.Insert(state, new byte[] { 1 }), Outbox.Row(QueueName.Screenings, Message), Outbox.Row(QueueName.Referrals, Message with { Key = "work 2" })], CancellationToken.None);
        Assert.Equal(3, Assert.IsType<CommitResult.Committed>(result).ETags.Count);
        Assert.NotNull(await store.Tables.GetAsync(TableName.Feeds, Partition, state, CancellationToken.None));
        Assert.Single(await ReceiveAsync());
        Assert.Single(await store.Queue.ReceiveAsync(QueueName.Referrals, 10, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal(0, await outbox.RelayAsync(TableName.Feeds, Partition, CancellationToken.None));
    }

    [Fact]
    public async Task Commit_BesideAnotherMessageInThePartition_LeavesThatToItsOwnSender()
    {
        await CommitAsync(Partition);
        var outbox = new Outbox(store.Tables, store.Queue);
        await outbox.CommitAsync(TableName.Feeds, Partition, [Outbox.Row(QueueName.Referrals, Message with { Key = "work 2" })], CancellationToken.None);
        Assert.Empty(await ReceiveAsync());
        Assert.Equal(1, await outbox.RelayAsync(TableName.Feeds, Partition, CancellationToken.None));
    }

    [Fact]
    public async Task Commit_ThatConflicts_SendsNothing()
    {
        var outbox = new Outbox(store.Tables, store.Queue);
        var state = RowKey.Of("state");
        await store.Tables.CommitAsync(TableName.Feeds, Partition, [new RowChange.Insert(state, new byte[] { 1 })], CancellationToken.None);
        Assert.IsType<CommitResult.Conflict>(await outbox.CommitAsync(
            TableName.Feeds, Partition, [new RowChange.Insert(state, new byte[] { 2 }), Outbox.Row(QueueName.Screenings, Message)], CancellationToken.None));
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task Sweep_CrashBeforeDispatch_Sends()
    {
        await CommitAsync(Partition);
        Assert.Equal(1, await Sweeper().SweepAsync(CancellationToken.None));
        Assert.Single(await ReceiveAsync());
        Assert.Equal(0, await Sweeper().SweepAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(13, 0)]
    public async Task Sweep_FeedOfManyMonthsAgo_SendsForASchoolYear(int monthsAgo, int sent)
    {
        await CommitAsync(PartitionKey.Of("test", clock.GetUtcNow().AddMonths(-monthsAgo).ToString("yyyyMM", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(sent, await Sweeper().SweepAsync(CancellationToken.None));
    }

    private OutboxSweeper Sweeper() => new(
        new Outbox(store.Tables, store.Queue), new SchoolRegistry(store.Tables, District), new PupilPartitions(District, 2), District, clock);

    private async Task CommitAsync(PartitionKey partition) => await store.Tables.CommitAsync(
        TableName.Feeds, partition, [Outbox.Row(QueueName.Screenings, Message)], CancellationToken.None);

    private async Task<IReadOnlyList<Adapters.Sqlite.ReceivedMessage>> ReceiveAsync() =>
        await store.Queue.ReceiveAsync(QueueName.Screenings, 10, TimeSpan.FromMinutes(1), CancellationToken.None);

    private sealed class UnmarkingTables(ITableStore tables) : ITableStore
    {
        public bool RefusesDeletes { get; set; }

        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
            tables.GetAsync(table, partition, key, cancellationToken);

        public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken) =>
            tables.QueryAsync(table, partition, range, cancellationToken);

        public ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
            RefusesDeletes && changes.Any(c => c is RowChange.Delete)
                ? throw new IOException("broken")
                : tables.CommitAsync(table, partition, changes, cancellationToken);
    }
}
