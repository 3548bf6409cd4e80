using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.Contracts;

/// <summary>One delivery as the contract sees it; the handle is the adapter's own.</summary>
public sealed record Delivery(string Body, string MessageId, string? SessionId, int Count, object Handle);

/// <summary>What every queue behind <see cref="IMessageSender"/> promises its receivers. The adapter's time passes by
/// <see cref="Pass"/> alone.</summary>
public abstract class MessageQueueContract
{
    protected const int MaxDeliveries = 10;
    protected static readonly TimeSpan Lock = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected static QueueName Queue => QueueName.Referrals;

    protected abstract IMessageSender Sender { get; }

    protected abstract DateTimeOffset Now { get; }

    protected abstract void Pass(TimeSpan time);

    protected abstract Task<IReadOnlyList<Delivery>> Receive(QueueName queue, int max, TimeSpan lockFor);

    protected abstract Task<bool> Complete(Delivery delivery);

    protected abstract Task<bool> Renew(Delivery delivery, TimeSpan lockFor);

    protected abstract Task<bool> Abandon(Delivery delivery, TimeSpan delay);

    protected abstract Task<bool> DeadLetter(Delivery delivery, string reason);

    protected abstract Task<IReadOnlyList<(string MessageId, string Reason)>> DeadLetters(QueueName queue);

    [Fact]
    public async Task Receive_SentMessages_ComeInOrderWithWhatWasSent()
    {
        await Send(new("one", "1", "school"), new("two", "2"));
        var received = await Receive();
        Assert.Equal([("one", "1", "school", 1), ("two", "2", null, 1)], received.Select(d => (d.Body, d.MessageId, d.SessionId, d.Count)));
    }

    [Fact]
    public async Task Receive_OfAnotherQueue_IsEmpty()
    {
        await Send(new OutgoingMessage("one", "1"));
        Assert.Empty(await Receive(QueueName.Urgent, 10, Lock));
    }

    [Fact]
    public async Task Receive_Max_IsNotExceeded()
    {
        await Send([.. Enumerable.Range(0, 5).Select(i => new OutgoingMessage("", $"{i}"))]);
        Assert.Equal(["0", "1"], Ids(await Receive(Queue, 2, Lock)));
        Assert.Equal(["2", "3", "4"], Ids(await Receive(Queue, 4, Lock)));
    }

    [Fact]
    public async Task Complete_LockedMessage_IsGoneForGood()
    {
        await Send(new OutgoingMessage("one", "1"));
        var delivery = Assert.Single(await Receive());
        Assert.True(await Complete(delivery));
        Assert.False(await Complete(delivery));
        Pass(Lock * 3);
        Assert.Empty(await Receive());
    }

    [Fact]
    public async Task Receive_MessageOnLoan_IsHiddenUntilTheLockEnds()
    {
        await Send(new OutgoingMessage("one", "1"));
        Assert.Single(await Receive());
        Pass(Lock - Tick);
        Assert.Empty(await Receive());
        Pass(Tick);
        Assert.Equal(2, Assert.Single(await Receive()).Count);
    }

    [Fact]
    public async Task Settle_AfterTheLockEnded_IsFalse()
    {
        await Send(new OutgoingMessage("one", "1"));
        var lost = Assert.Single(await Receive());
        Pass(Lock);
        Assert.False(await Complete(lost));
        Assert.False(await Renew(lost, Lock));
        Assert.False(await Abandon(lost, TimeSpan.Zero));
        Assert.False(await DeadLetter(lost, "late"));
        var held = Assert.Single(await Receive());
        // Another has it now: the first receiver still may not touch it.
        Assert.False(await Complete(lost));
        Assert.False(await DeadLetter(lost, "late"));
        Assert.True(await Complete(held));
    }

    [Fact]
    public async Task Complete_OneTickBeforeTheLockEnds_IsTrue()
    {
        await Send(new OutgoingMessage("one", "1"));
        var delivery = Assert.Single(await Receive());
        Pass(Lock - Tick);
        Assert.True(await Complete(delivery));
    }

    [Fact]
    public async Task Renew_LockedMessage_CountsFromNow()
    {
        await Send(new OutgoingMessage("one", "1"));
        var delivery = Assert.Single(await Receive());
        Pass(Lock / 2);
        Assert.True(await Renew(delivery, Lock));
        Pass(Lock - Tick);
        Assert.Empty(await Receive());
        Assert.True(await Complete(delivery));
    }

    [Fact]
    public async Task Abandon_WithoutDelay_IsBackAtOnce()
    {
        await Send(new OutgoingMessage("one", "1"));
        var delivery = Assert.Single(await Receive());
        Assert.True(await Abandon(delivery, TimeSpan.Zero));
        Assert.False(await Complete(delivery));
        Assert.Equal(2, Assert.Single(await Receive()).Count);
    }

    [Fact]
    public async Task Abandon_WithDelay_IsBackWhenItIsOver()
    {
        await Send(new OutgoingMessage("one", "1"), new OutgoingMessage("two", "2"));
        Assert.True(await Abandon((await Receive())[0], Lock * 2));
        Pass((Lock * 2) - Tick);
        Assert.Equal(["2"], Ids(await Receive()));
        Pass(Tick);
        Assert.Equal(["1"], Ids(await Receive()));
    }

    [Fact]
    public async Task DeadLetter_LockedMessage_IsKeptWithTheReason()
    {
        await Send(new OutgoingMessage("one", "1"));
        Assert.True(await DeadLetter(Assert.Single(await Receive()), "not an envelope"));
        Pass(Lock);
        Assert.Empty(await Receive());
        Assert.Equal([("1", "not an envelope")], await DeadLetters(Queue));
    }

    [Fact]
    public async Task Abandon_OnTheTenthDelivery_MakesADeadLetterAndFreesTheRest()
    {
        await Send(new OutgoingMessage("poison", "poison", "s"), new OutgoingMessage("good", "good", "s"));
        for (var i = 1; i <= MaxDeliveries; i++)
        {
            var delivery = Assert.Single(await Receive());
            Assert.Equal(("poison", i), (delivery.MessageId, delivery.Count));
            Assert.True(await Abandon(delivery, TimeSpan.Zero));
        }
        Assert.Equal(["good"], Ids(await Receive()));
        var letter = Assert.Single(await DeadLetters(Queue));
        Assert.Equal("poison", letter.MessageId);
        Assert.NotEmpty(letter.Reason);
    }

    [Fact]
    public async Task Receive_AfterTheTenthLockRanOut_MakesADeadLetterAndFreesTheRest()
    {
        await Send(new OutgoingMessage("poison", "poison", "s"), new OutgoingMessage("good", "good", "s"));
        for (var i = 1; i <= MaxDeliveries; i++)
        {
            Assert.Equal(["poison"], Ids(await Receive()));
            Pass(Lock);
        }
        Assert.Equal(["good"], Ids(await Receive()));
        Assert.Equal("poison", Assert.Single(await DeadLetters(Queue)).MessageId);
    }

    [Fact]
    public async Task Send_SameMessageIdWithinTheWindow_IsSwallowedEvenAfterCompletion()
    {
        await Send(new("first", "1"), new("first again", "1"));
        Assert.True(await Complete(Assert.Single(await Receive())));
        Pass(Window - Tick);
        await Send(new OutgoingMessage("second", "1"));
        Assert.Empty(await Receive());
        Pass(Tick);
        await Send(new OutgoingMessage("third", "1"));
        Assert.Equal("third", Assert.Single(await Receive()).Body);
        // The window counts from the message that went through.
        Pass(Window - Tick);
        await Send(new OutgoingMessage("fourth", "1"));
        Pass(Lock);
        Assert.DoesNotContain(await Receive(), d => d.Body == "fourth");
    }

    [Fact]
    public async Task Send_SameMessageIdToAnotherQueue_IsAnotherMessage()
    {
        await Send(new OutgoingMessage("one", "1"));
        await Sender.SendAsync(QueueName.Urgent, [new OutgoingMessage("two", "1")], Token);
        Assert.Single(await Receive());
        Assert.Single(await Receive(QueueName.Urgent, 10, Lock));
    }

    [Fact]
    public async Task Receive_ScheduledMessage_ComesAtItsTimeAndHoldsUpNoOther()
    {
        await Send(new("later", "1", "s", Now + Lock), new("now", "2", "s"), new("past", "3", null, Now - Lock));
        var first = await Receive();
        Assert.Equal(["2", "3"], Ids(first));
        foreach (var delivery in first) await Complete(delivery);
        Pass(Lock - Tick);
        Assert.Empty(await Receive());
        Pass(Tick);
        Assert.Equal(["1"], Ids(await Receive()));
    }

    [Fact]
    public async Task Receive_MessagesOfASession_ComeInOrderOneAtATime()
    {
        await Send(new("", "a1", "a"), new("", "a2", "a"), new("", "b1", "b"), new("", "free"), new("", "a3", "a"));
        var first = await Receive();
        Assert.Equal(["a1", "b1", "free"], Ids(first));
        Assert.Empty(await Receive());
        await Complete(first[0]);
        var second = await Receive();
        Assert.Equal(["a2"], Ids(second));
        // Handed back, even with a delay, it still stands before a3.
        await Abandon(second[0], Lock / 2);
        Assert.Empty(await Receive());
        Pass(Lock / 2);
        var third = await Receive();
        Assert.Equal(["a2"], Ids(third));
        await DeadLetter(third[0], "given up");
        Assert.Equal(["a3"], Ids(await Receive()));
    }

    [Fact]
    public async Task Receive_ManyReceiversAtOnce_GiveEachMessageToOneOfThem()
    {
        await Send([.. Enumerable.Range(0, 100).Select(i => new OutgoingMessage("", $"{i}", i % 3 == 0 ? $"{i % 9}" : null))]);
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (await Receive(Queue, 7, Lock) is { Count: > 0 } deliveries)
                {
                    foreach (var delivery in deliveries)
                    {
                        seen.Add(delivery.MessageId);
                        Assert.True(await Complete(delivery));
                    }
                }
            },
            Token)));
        // A receiver that found every session taken went home early; what is left is still there.
        while (await Receive() is { Count: > 0 } rest)
        {
            foreach (var delivery in rest)
            {
                seen.Add(delivery.MessageId);
                await Complete(delivery);
            }
        }
        Assert.Equal(100, seen.Count);
        Assert.Equal(100, seen.Distinct().Count());
    }

    [Fact]
    public async Task Send_OneMessageOfSeveralNotAllowed_SendsNone()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Sender.SendAsync(Queue, [new("", "1"), new("", "")], Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Sender.SendAsync(Queue, [new("", "1"), new("", new string('x', 129))], Token));
        Assert.Empty(await Receive());
        await Send(new OutgoingMessage("", new string('x', 128)), new OutgoingMessage("", "1"));
        Assert.Equal(2, (await Receive()).Count);
    }

    protected Task<IReadOnlyList<Delivery>> Receive() => Receive(Queue, 10, Lock);

    protected async Task Send(params OutgoingMessage[] messages) => await Sender.SendAsync(Queue, messages, Token);

    protected static IEnumerable<string> Ids(IEnumerable<Delivery> deliveries) => deliveries.Select(d => d.MessageId);
}
