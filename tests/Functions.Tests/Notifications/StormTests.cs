using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Graph;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>R13: a service answers nothing but 503 for a minute while there is work. The backlog drains, the retries stay few, nothing is
/// lost and nothing is told twice.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Referrals = 40;

    /// <summary>After some of the mails have gone out, so that it comes in the middle.</summary>
    private static readonly TimeSpan CalmBefore = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Storm = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task R13_GraphAnswers503ForAMinute_BacklogDrains()
    {
        using var folder = new TempFolder();
        var time = new ScaledTime(30, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        var begins = DateTimeOffset.MaxValue;
        bool IsStorm() => time.GetUtcNow() >= begins && time.GetUtcNow() < begins + Storm;
        await using var graph = await FakeGraph.StartAsync(time, (_, _) => IsStorm() ? new GraphFault.Error(503) : null);
        await using var app = SendingProcess.AppOf(folder.Path, graph.Service, time);
        await DeliveryLedger.OpenAsync(app, Referrals);
        begins = time.GetUtcNow() + CalmBefore;

        var rows = await WorkAsync(app);

        var turnedAway = graph.Calls.Count(c => c.Answer == nameof(GraphFault.Error));
        output.WriteLine(
            $"R13, Graph: {rows.Count} planned, {graph.Delivered.Count} delivered, {graph.Delivered.Count - graph.Delivered.DistinctBy(d => d.Mail.Key).Count()} twice, "
            + $"{turnedAway} of {graph.Calls.Count} calls answered 503 in the storm of 60 s, the last mail {(graph.Delivered.Max(d => d.At) - begins - Storm).TotalSeconds:F0} s after it");
        Assert.All(rows, row => Assert.Equal(NotificationState.Sent, row.State));
        Assert.Equal(rows.Select(r => r.SendKey).Order(), graph.Delivered.Select(d => d.Mail.Key).Order());
        // The breaker opens after six, and then lets one through every half minute; each is retried three times at most.
        Assert.InRange(turnedAway, 1, 40);
        Assert.Empty(graph.Violations);
    }

    [Fact]
    public async Task R13_StorageAnswers503ForAMinute_BacklogDrains()
    {
        var time = new ScaledTime(30, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        using var folder = new TempFolder();
        StormyStore? stormy = null;
        CountingSender? queue = null;
        await using var app = new LocalApp(AlertRig.Thursday, time, folder.Path, services => services
            .AddSingleton<ITableStore>(provider => stormy = new StormyStore(StoreSwitch.StoreOf(provider), time))
            .AddSingleton<IMessageSender>(provider => queue = new CountingSender(provider.GetRequiredService<SqliteMessageQueue>())), TimeSpan.FromMinutes(20));
        // Looks on past the storm.
        await using var onlooker = new LocalApp(AlertRig.Thursday, time, folder.Path);
        var ledger = await DeliveryLedger.OpenAsync(app, Referrals);
        stormy!.Begins = time.GetUtcNow() + CalmBefore;

        using var stop = new CancellationTokenSource();
        var pump = app.Get<QueuePump>().RunAsync(stop.Token);
        while (time.GetUtcNow() < stormy.Begins + Storm) await Task.Delay(50, CancellationToken.None);
        // The timer's part: what a failed relay left.
        await app.Get<OutboxSweeper>().SweepAsync(CancellationToken.None);
        await ledger.WaitAsync(onlooker, TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await pump;

        output.WriteLine(
            $"{await ledger.CheckAsync(onlooker, "R13, storage")}; {stormy.Refused} calls answered 503 in the storm of 60 s, the most attempts of one message {queue!.MostAttempts}");
        Assert.InRange(stormy.Refused, 1, 1_500);
        // The tenth would have given up.
        Assert.InRange(queue.MostAttempts, 2, QueueWork.MaxAttempts - 1);
        Assert.Empty(await onlooker.Get<FailureStore>().ListAsync(CancellationToken.None));
    }

    private static async Task<IReadOnlyList<Notification>> WorkAsync(LocalApp app)
    {
        using var stop = new CancellationTokenSource();
        var pump = app.Get<QueuePump>().RunAsync(stop.Token);
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(90);
        IReadOnlyList<Notification> rows;
        do
        {
            await Task.Delay(100, CancellationToken.None);
            rows = await AlertRig.LogAsync(app);
        }
        while ((rows.Count < Referrals || !rows.All(r => r.HasEnded)) && TimeProvider.System.GetUtcNow() < deadline);
        await stop.CancelAsync();
        await pump;
        return rows;
    }

    private sealed class StormyStore(ITableStore inner, TimeProvider time) : ITableStore
    {
        private int refused;

        public DateTimeOffset Begins { get; set; } = DateTimeOffset.MaxValue;

        public int Refused => refused;

        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken)
        {
            Answer();
            return inner.GetAsync(table, partition, key, cancellationToken);
        }

        public async IAsyncEnumerable<TableRow> QueryAsync(
            TableName table, PartitionKey partition, RowKeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Answer();
            await foreach (var row in inner.QueryAsync(table, partition, range, cancellationToken)) yield return row;
        }

        public ValueTask<CommitResult> CommitAsync(
            TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
        {
            Answer();
            return inner.CommitAsync(table, partition, changes, cancellationToken);
        }

        private void Answer()
        {
            if (time.GetUtcNow() < Begins || time.GetUtcNow() >= Begins + Storm) return;
            Interlocked.Increment(ref refused);
            throw new IOException("503");
        }
    }

    private sealed class CountingSender(IMessageSender inner) : IMessageSender
    {
        private int mostAttempts;

        public int MostAttempts => mostAttempts;

        public ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            foreach (var message in messages) mostAttempts = Math.Max(mostAttempts, Envelope.Parse(message.Body).Attempt);
            return inner.SendAsync(queue, messages, cancellationToken);
        }
    }
}
