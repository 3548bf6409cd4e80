using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Adapters.Tests.Contracts;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Sqlite;

public sealed class SqliteMessageQueueTests : MessageQueueContract, IDisposable
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 12, 8, 0, 0, TimeSpan.Zero));
    private readonly TestStore store;

    public SqliteMessageQueueTests() => store = new TestStore(clock);

    protected override IMessageSender Sender => store.Queue;

    protected override DateTimeOffset Now => clock.GetUtcNow();

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Received_Times_AreThoseOfTheClock()
    {
        await Send(new OutgoingMessage("", "1"));
        var sent = Now;
        Pass(TimeSpan.FromSeconds(5));
        var message = Assert.Single(await store.Queue.ReceiveAsync(Queue, 1, Lock, Token));
        Assert.Equal((sent, Now + Lock), (message.EnqueuedAt, message.LockedUntil));
    }

    [Fact]
    public async Task Count_EveryKind_IsCountedApart()
    {
        await Send(new("", "1"), new("", "2"), new("", "3"), new("", "later", null, Now + TimeSpan.FromTicks(1)));
        var received = await Receive(Queue, 2, Lock);
        await DeadLetter(received[0], "reason");
        Assert.Equal(new QueueCounts(2, 1, 1), store.Queue.Count(Queue));
        Pass(TimeSpan.FromTicks(1));
        Assert.Equal(new QueueCounts(3, 0, 1), store.Queue.Count(Queue));
        Assert.Equal(new QueueCounts(0, 0, 0), store.Queue.Count(QueueName.Urgent));
    }

    [Fact]
    public async Task Wait_MessageSentInThisProcess_WakesAtOnce()
    {
        // The clock stands still: no poll can wake it.
        var waiting = store.Queue.WaitAsync(Queue, TimeSpan.FromDays(1), Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await Send(new OutgoingMessage("", "1"));
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task Wait_NextOfASession_WakesWhenTheOneBeforeIsSettled()
    {
        await Send(new("", "1", "s"), new("", "2", "s"));
        var first = Assert.Single(await Receive());
        var waiting = store.Queue.WaitAsync(Queue, TimeSpan.FromDays(1), Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await Complete(first);
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task Wait_ScheduledMessage_WakesWithinOnePoll()
    {
        await Send(new OutgoingMessage("", "1", null, Now + (SqliteMessageQueue.PollInterval / 2)));
        var waiting = store.Queue.WaitAsync(Queue, TimeSpan.FromDays(1), Token).AsTask();
        Assert.False(waiting.IsCompleted);
        Pass(SqliteMessageQueue.PollInterval);
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task Wait_NothingCame_EndsWithItsTime()
    {
        var waiting = store.Queue.WaitAsync(Queue, TimeSpan.FromMilliseconds(50), Token).AsTask();
        Pass(TimeSpan.FromMilliseconds(50));
        Assert.False(await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task PurgeDeadLetters_OldOnes_GoOldestFirstUpToTheBound()
    {
        for (var i = 0; i < 3; i++)
        {
            await Send(new OutgoingMessage("", $"{i}"));
            await DeadLetter(Assert.Single(await Receive()), "reason");
            Pass(TimeSpan.FromMinutes(1));
        }
        var third = store.Queue.DeadLetters(Queue, 10)[2].DeadAt;
        Assert.Equal(1, await store.Queue.PurgeDeadLettersAsync(Queue, third, 1, Token));
        Assert.Equal(["1", "2"], store.Queue.DeadLetters(Queue, 10).Select(letter => letter.MessageId));
        Assert.Equal(1, await store.Queue.PurgeDeadLettersAsync(Queue, third, 10, Token));
        Assert.Equal(["2"], store.Queue.DeadLetters(Queue, 10).Select(letter => letter.MessageId));
    }

    protected override void Pass(TimeSpan time) => clock.Advance(time);

    protected override async Task<IReadOnlyList<Delivery>> Receive(QueueName queue, int max, TimeSpan lockFor) =>
        [.. (await store.Queue.ReceiveAsync(queue, max, lockFor, Token)).Select(m => new Delivery(m.Body, m.MessageId, m.SessionId, m.DeliveryCount, m))];

    protected override async Task<bool> Complete(Delivery delivery) => await store.Queue.CompleteAsync((ReceivedMessage)delivery.Handle, Token);

    protected override async Task<bool> Renew(Delivery delivery, TimeSpan lockFor) =>
        await store.Queue.RenewAsync((ReceivedMessage)delivery.Handle, lockFor, Token);

    protected override async Task<bool> Abandon(Delivery delivery, TimeSpan delay) =>
        await store.Queue.AbandonAsync((ReceivedMessage)delivery.Handle, delay, Token);

    protected override async Task<bool> DeadLetter(Delivery delivery, string reason) =>
        await store.Queue.DeadLetterAsync((ReceivedMessage)delivery.Handle, reason, Token);

    protected override Task<IReadOnlyList<(string MessageId, string Reason)>> DeadLetters(QueueName queue) =>
        Task.FromResult<IReadOnlyList<(string, string)>>([.. store.Queue.DeadLetters(queue, 100).Select(letter => (letter.MessageId, letter.Reason))]);
}
