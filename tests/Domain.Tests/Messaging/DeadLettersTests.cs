using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Messaging;

/// <summary>Work that kills its process ten times is given up by the queue itself; the administrator sees it all the same.</summary>
public sealed class DeadLettersTests : IDisposable
{
    private static readonly QueueName Queue = QueueName.Screenings;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 2, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly TestStore store;
    private readonly FailureStore failures;
    private readonly DeadLetters letters;

    public DeadLettersTests()
    {
        store = new TestStore(clock);
        failures = new FailureStore(store.Tables, store.Queue, DistrictId.Parse("test"));
        letters = new DeadLetters(store.Queue, failures, clock);
    }

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Sweep_MessageTheQueueGaveUp_IsAFailureThatCanBeReplayed()
    {
        await GiveUpAsync(Envelope.First("work 1", "screening").ToJson());

        Assert.Equal(1, await letters.SweepAsync(CancellationToken.None));

        var failure = Assert.Single(await failures.ListAsync(CancellationToken.None));
        Assert.Equal(("screenings", "work 1", "screening", SqliteMessageQueue.MaxDeliveries), (failure.Queue, failure.Key, failure.Kind, failure.Attempts));
        Assert.Equal(new QueueCounts(0, 0, 0), store.Queue.Count(Queue));
        Assert.Equal(ReplayResult.Sent, await failures.ReplayAsync(failure.Reference, CancellationToken.None));
        Assert.Equal(1, store.Queue.Count(Queue).Active);
    }

    [Fact]
    public async Task Sweep_GivenUpMessageThatIsNoEnvelope_IsKeptToBeLookedAt()
    {
        await GiveUpAsync("{");

        Assert.Equal(1, await letters.SweepAsync(CancellationToken.None));

        Assert.Equal("", Assert.Single(await failures.ListAsync(CancellationToken.None)).Kind);
    }

    [Fact]
    public async Task Take_CannotBeKept_StaysWhereItIs()
    {
        await GiveUpAsync("{}");

        await Assert.ThrowsAsync<IOException>(() => store.Queue.TakeAsync(Queue, 10, (_, _) => throw new IOException(), CancellationToken.None).AsTask());

        Assert.Single(await store.Queue.PeekAsync(Queue, 10, CancellationToken.None));
    }

    private async Task GiveUpAsync(string body)
    {
        await store.Queue.SendAsync(Queue, [new OutgoingMessage(body, "m")], CancellationToken.None);
        for (var delivery = 0; delivery < SqliteMessageQueue.MaxDeliveries; delivery++)
        {
            Assert.Single(await store.Queue.ReceiveAsync(Queue, 1, TimeSpan.FromMinutes(1), CancellationToken.None));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Empty(await store.Queue.ReceiveAsync(Queue, 1, TimeSpan.FromMinutes(1), CancellationToken.None));
    }
}
