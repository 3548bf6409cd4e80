using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>R4 and R6: the queue delivers again what was done, at the same time or later. It has one effect.</summary>
public sealed class RedeliveryTests(ITestOutputHelper output)
{
    private const int Copies = 100;
    private const int Workers = 8;
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1";

    [Fact]
    public async Task R4_SameMessageAHundredTimesEightWorkers_OneEffect()
    {
        var time = new ScaledTime(60, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        await using var app = new LocalApp(AlertRig.Thursday, time);
        var ledger = await DeliveryLedger.OpenAsync(app, 1);
        var queue = app.Get<SqliteMessageQueue>();

        var (swallowed, calls) = (0, 0);
        foreach (var name in new[] { QueueName.Referrals, QueueName.Notifications })
        {
            var message = Assert.Single(await queue.ReceiveAsync(name, 10, TimeSpan.FromHours(1), CancellationToken.None));
            // Sent again: the queue remembers the id. Delivered again: the row says that it is done, or being done.
            await AtOnceAsync(() => queue.SendAsync(name, [new OutgoingMessage(message.Body, message.MessageId, message.SessionId)], CancellationToken.None).AsTask());
            swallowed += Copies - (int)queue.Count(name).Active + 1;
            await AtOnceAsync(() => app.RunAsync(name, message.Body));
            calls += Copies;
            await queue.CompleteAsync(message, CancellationToken.None);
        }
        // A delivery that found another at the same row may have put it off: that comes back by the queue.
        using var stop = new CancellationTokenSource();
        var working = app.Get<QueuePump>().RunAsync(stop.Token);
        await ledger.WaitAsync(app, TimeSpan.FromSeconds(90));
        await stop.CancelAsync();
        await working;

        output.WriteLine(await ledger.CheckAsync(app, $"R4, {calls} deliveries by {Workers} workers, {swallowed} re-sends swallowed"));
        Assert.Equal(2 * Copies, swallowed);
        Assert.Single(app.Get<FolderMailbox>().Sent());
    }

    [Fact]
    public async Task R6_CompleteFailsOrLockLostOnFivePercent_OneEffect()
    {
        const int seed = 20260406;
        var time = new ScaledTime(600, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        await using var app = new LocalApp(AlertRig.Thursday, time);
        var ledger = await DeliveryLedger.OpenAsync(app, IsFull ? 1_000 : 150);
        using var stop = new CancellationTokenSource();
        var losing = new LosingWorkers(app, seed);
        var working = losing.RunAsync(Workers, stop.Token);
        await ledger.WaitAsync(app, TimeSpan.FromSeconds(90));
        await stop.CancelAsync();
        await working;

        output.WriteLine(
            await ledger.CheckAsync(app, $"R6, seed {seed}: {losing.Deliveries} deliveries, {losing.NotCompleted} not completed, {losing.LocksLost} locks lost at work"));
        Assert.True(losing.NotCompleted > 0 && losing.LocksLost > 0, $"seed {seed}");
    }

    private static async Task AtOnceAsync(Func<Task> work)
    {
        var left = Copies;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await work();
        })));
    }

    /// <summary>Works all queues as the pump does, but of a twentieth of the deliveries the completion never arrives, or the lock runs out
    /// while the work goes on.</summary>
    private sealed class LosingWorkers(LocalApp app, int seed)
    {
        private static readonly TimeSpan Loan = TimeSpan.FromMinutes(5);
        private int deliveries, notCompleted, locksLost;

        public int Deliveries => deliveries;

        public int NotCompleted => notCompleted;

        public int LocksLost => locksLost;

        public Task RunAsync(int workers, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, workers).Select(n => WorkAsync(new Random(seed + n), stop)));

        private async Task WorkAsync(Random random, CancellationToken stop)
        {
            await Task.Yield();
            var queue = app.Get<SqliteMessageQueue>();
            while (!stop.IsCancellationRequested)
            {
                var worked = false;
                foreach (var name in QueueName.All)
                {
                    var fate = random.Next(40);
                    // A tick is over before the work has begun.
                    foreach (var message in await queue.ReceiveAsync(name, 1, fate == 0 ? TimeSpan.FromTicks(1) : Loan, CancellationToken.None))
                    {
                        worked = true;
                        Interlocked.Increment(ref deliveries);
                        await app.RunAsync(name, message.Body);
                        if (fate == 1) Interlocked.Increment(ref notCompleted);
                        else if (!await queue.CompleteAsync(message, CancellationToken.None)) Interlocked.Increment(ref locksLost);
                    }
                }
                if (!worked) await Task.Delay(10, CancellationToken.None);
            }
        }
    }
}
