using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Work;

/// <summary>R3: the process dies after it dispatched and before it marked. What is sent again is the same message, and done once.</summary>
public sealed class OutboxGuaranteeTests : IDisposable
{
    private const int Messages = 200;
    private const int Partitions = 20;
    private static readonly QueueName Queue = QueueName.Screenings;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 2, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly ITestOutputHelper output;
    private readonly TestStore store;

    public OutboxGuaranteeTests(ITestOutputHelper output)
    {
        this.output = output;
        store = new TestStore(clock);
    }

    public void Dispose() => store.Dispose();

    /// <param name="minutes">When the sweeper comes: within the ten minutes of duplicate detection, or after them.</param>
    [Theory]
    [InlineData(1, 20260401)]
    [InlineData(11, 20260402)]
    public async Task R3_FaultAfterDispatchBeforeMark_OutOnceAfterDeduplication(int minutes, int seed)
    {
        var random = new Random(seed);
        var dying = new DyingSender(store.Queue, () => random.Next(2) == 0);
        for (var i = 0; i < Messages; i++) await CommitAsync(i);
        foreach (var partition in Enumerable.Range(0, Partitions)) await RelayAsync(new Outbox(store.Tables, dying), partition);
        clock.Advance(TimeSpan.FromMinutes(minutes));
        foreach (var partition in Enumerable.Range(0, Partitions)) await RelayAsync(new Outbox(store.Tables, store.Queue), partition);

        var inQueue = store.Queue.Count(Queue).Active;
        var effects = await DrainAsync();
        output.WriteLine(
            $"R3, sweeper after {minutes} min, seed {seed}: {Messages} messages, {dying.Deaths} relays died between dispatch and mark, "
            + $"{inQueue} in the queue, {effects.Count} effects, {effects.Values.Count(n => n > 1)} twice");
        Assert.True(dying.Deaths > 0, $"seed {seed}");
        // Within the window the queue itself holds each once; after it the receiver's inbox row does.
        Assert.Equal(minutes < 10 ? Messages : Messages + (dying.Deaths * Messages / Partitions), inQueue);
        Assert.Equal(Messages, effects.Count);
        Assert.All(effects.Values, times => Assert.Equal(1, times));
    }

    /// <summary>An attempt has a message id of its own, so that duplicate detection, which remembers the first, lets it through.</summary>
    [Fact]
    public async Task Resend_ScheduledInsideTheDuplicateWindow_Arrives()
    {
        var first = Envelope.First("work", "test");
        await store.Queue.SendAsync(Queue, [first.ToMessage()], CancellationToken.None);
        await store.Queue.CompleteAsync((await ReceiveAsync())[0], CancellationToken.None);

        await store.Queue.SendAsync(Queue, [(first with { Attempt = 2 }).ToMessage(clock.GetUtcNow().AddMinutes(1))], CancellationToken.None);
        Assert.Empty(await ReceiveAsync());
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, Envelope.Parse(Assert.Single(await ReceiveAsync()).Body).Attempt);
    }

    private ValueTask<IReadOnlyList<Adapters.Sqlite.ReceivedMessage>> ReceiveAsync() =>
        store.Queue.ReceiveAsync(Queue, 100, TimeSpan.FromSeconds(30), CancellationToken.None);

    private static PartitionKey PartitionOf(int n) => PartitionKey.Of("d", n.ToString(CultureInfo.InvariantCulture));

    private static Envelope EnvelopeOf(int n) => Envelope.First($"work {n}", "test");

    private async Task CommitAsync(int n) => Assert.IsType<CommitResult.Committed>(
        await store.Tables.CommitAsync(TableName.Attendance, PartitionOf(n % Partitions), [Outbox.Row(Queue, EnvelopeOf(n))], CancellationToken.None));

    private static async Task RelayAsync(Outbox outbox, int partition)
    {
        try
        {
            await outbox.RelayAsync(TableName.Attendance, PartitionOf(partition), CancellationToken.None);
        }
        catch (IOException)
        {
            // The process is gone; its rows wait for the sweeper.
        }
    }

    /// <summary>How often each message's work was done: the effect is the commit of its inbox row.</summary>
    private async Task<Dictionary<string, int>> DrainAsync()
    {
        var effects = new Dictionary<string, int>();
        while (await ReceiveAsync() is { Count: > 0 } messages)
            foreach (var message in messages)
            {
                var envelope = Envelope.Parse(message.Body);
                if (await store.Tables.CommitAsync(TableName.Pupils, PartitionOf(0), [Inbox.Row(envelope, clock.GetUtcNow())], CancellationToken.None)
                    is CommitResult.Committed)
                    effects[envelope.Key] = effects.GetValueOrDefault(envelope.Key) + 1;
                await store.Queue.CompleteAsync(message, CancellationToken.None);
            }
        return effects;
    }

    private sealed class DyingSender(IMessageSender inner, Func<bool> dies) : IMessageSender
    {
        public int Deaths { get; private set; }

        public async ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            await inner.SendAsync(queue, messages, cancellationToken);
            if (!dies()) return;
            Deaths++;
            throw new IOException("The process died after the dispatch.");
        }
    }
}
