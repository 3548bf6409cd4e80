using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Tests.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Work;

/// <summary>Attempts, failures and replays (guarantees.md, R7) over the real embedded queue and store.</summary>
public sealed class QueueWorkTests : IDisposable
{
    private static readonly QueueName Queue = QueueName.Screenings;
    private static readonly DistrictId District = DistrictId.Parse("d");

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 2, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly TestStore store;
    private readonly FailureStore failures;
    private readonly QueueWork work;

    public QueueWorkTests()
    {
        store = new TestStore(clock);
        failures = new FailureStore(store.Tables, store.Queue, District);
        work = new QueueWork(store.Queue, failures, clock, Harness.Quiet<QueueWork>());
    }

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task RunAsync_PoisonAmongGoodOnes_TenAttemptsThenAFailureWithItsReason()
    {
        var done = new List<string>();
        var poison = 0;
        await SendAsync("poison");
        var good = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 1_000 : 50;
        for (var i = 0; i < good; i++) await SendAsync($"good {i}");
        await DrainAsync(envelope =>
        {
            if (envelope.Key == "poison")
            {
                poison++;
                throw new InvalidOperationException("A name.", new IOException("A note."));
            }
            // Good ones wait for no attempt of the poison.
            Assert.True(poison <= 1);
            done.Add(envelope.Key);
            return Task.CompletedTask;
        });

        Assert.Equal(10, poison);
        Assert.Equal(good, done.Distinct().Count());
        Assert.Equal(good, done.Count);
        var failure = Assert.Single(await failures.ListAsync(CancellationToken.None));
        Assert.Equal(("screenings", "poison", "test", 10), (failure.Queue, failure.Key, failure.Kind, failure.Attempts));
        // Types only: a text may hold what a pupil's file said.
        Assert.Equal("System.InvalidOperationException, caused by System.IO.IOException", failure.Reason);
        Assert.Equal(new QueueCounts(0, 0, 0), Counts);
    }

    [Fact]
    public async Task ReplayAsync_EightDaysAfterWorkThatWasDone_IsNotDoneTwice()
    {
        var partition = PartitionKey.Of("d", "somewhere");
        var (effects, broken) = (0, true);
        async Task WorkAsync(Envelope envelope)
        {
            if (await store.Tables.CommitAsync(TableName.Attendance, partition, [Inbox.Row(envelope, clock.GetUtcNow())], CancellationToken.None)
                is CommitResult.Committed) effects++;
            if (broken) throw new InvalidOperationException();
        }

        await SendAsync("work");
        await DrainAsync(WorkAsync);
        var failure = Assert.Single(await failures.ListAsync(CancellationToken.None));

        clock.Advance(TimeSpan.FromDays(8));
        broken = false;
        Assert.Equal(ReplayResult.Sent, await failures.ReplayAsync(failure.Reference, CancellationToken.None));
        Assert.Equal(1, Counts.Active);
        await DrainAsync(WorkAsync);
        Assert.Equal(1, effects);
        Assert.Empty(await failures.ListAsync(CancellationToken.None));
        Assert.Equal(ReplayResult.NotFound, await failures.ReplayAsync(failure.Reference, CancellationToken.None));
    }

    [Fact]
    public async Task ReplayAsync_AtOnceAndFailingAgain_HasTenAttemptsMoreOfItsOwn()
    {
        var attempts = new List<string>();
        Task WorkAsync(Envelope envelope)
        {
            attempts.Add(envelope.MessageId);
            throw new InvalidOperationException();
        }

        await SendAsync("work");
        await DrainAsync(WorkAsync);
        var failure = Assert.Single(await failures.ListAsync(CancellationToken.None));
        await failures.ReplayAsync(failure.Reference, CancellationToken.None);
        await DrainAsync(WorkAsync);
        Assert.Equal(20, attempts.Distinct().Count());
        Assert.Equal(20, attempts.Count);
        var again = Assert.Single(await failures.ListAsync(CancellationToken.None));
        Assert.Equal((failure.Reference, 1), (again.Reference, Envelope.Parse(again.Message).Replay));
    }

    [Fact]
    public async Task RunAsync_NoEnvelope_IsAFailureAtOnceAndCannotBeReplayed()
    {
        await store.Queue.SendAsync(Queue, [new OutgoingMessage("{\"a\":", "m")], CancellationToken.None);
        await DrainAsync(_ => throw new InvalidOperationException());
        var failure = Assert.Single(await failures.ListAsync(CancellationToken.None));
        Assert.Equal((1, "", "System.FormatException"), (failure.Attempts, failure.Kind, failure.Reason));
        Assert.Equal(ReplayResult.NotReplayable, await failures.ReplayAsync(failure.Reference, CancellationToken.None));
        Assert.Single(await failures.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_HostStops_CountsNoAttempt()
    {
        using var stop = new CancellationTokenSource();
        var task = new QueueTask(Queue, "Test", async (_, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work.RunAsync(EnvelopeOf("work").ToJson(), task, stop.Token));
        Assert.Equal(new QueueCounts(0, 0, 0), Counts);
    }

    [Fact]
    public async Task RunAsync_NextAttemptCannotBeSent_TheExceptionLeaves()
    {
        var broken = new QueueWork(new BrokenSender(), failures, clock, Harness.Quiet<QueueWork>());
        var task = new QueueTask(Queue, "Test", (_, _) => throw new InvalidOperationException());
        await Assert.ThrowsAsync<IOException>(() => broken.RunAsync(EnvelopeOf("work").ToJson(), task, CancellationToken.None));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(2, 1, 2.5)]
    [InlineData(9, 0, 256)]
    [InlineData(10, 0, 300)]
    [InlineData(10, 1, 375)]
    public void DelayAfter_NthAttempt_DoublesUpToFiveMinutesAndAQuarter(int attempt, double jitter, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), QueueWork.DelayAfter(attempt, jitter));

    private QueueCounts Counts => store.Queue.Count(Queue);

    private static Envelope EnvelopeOf(string key) => Envelope.First(key, "test");

    private async Task SendAsync(string key) => await store.Queue.SendAsync(
        Queue, [new OutgoingMessage(EnvelopeOf(key).ToJson(), EnvelopeOf(key).MessageId)], CancellationToken.None);

    /// <summary>Works the queue until it is empty; when nothing is due, time goes on.</summary>
    private async Task DrainAsync(Func<Envelope, Task> handle)
    {
        var task = new QueueTask(Queue, "Test", (envelope, _) => handle(envelope));
        while (Counts is not { Active: 0, Scheduled: 0 })
        {
            var messages = await store.Queue.ReceiveAsync(Queue, 10, TimeSpan.FromMinutes(1), CancellationToken.None);
            foreach (var message in messages)
            {
                await work.RunAsync(message.Body, task, CancellationToken.None);
                await store.Queue.CompleteAsync(message, CancellationToken.None);
            }
            if (messages.Count == 0) clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class BrokenSender : IMessageSender
    {
        public ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) =>
            throw new IOException();
    }
}
