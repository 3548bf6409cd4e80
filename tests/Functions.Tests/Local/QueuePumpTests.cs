using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Local;

/// <summary>The pump on the real embedded queue, in its own time.</summary>
public sealed class QueuePumpTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero));
    private readonly Recorder recorder = new();
    private readonly TestStore store;

    public QueuePumpTests() => store = new TestStore(clock);

    public void Dispose() => store.Dispose();

    public sealed class Taker(Recorder recorder)
    {
        [Function("Take")]
        public Task Take([ServiceBusTrigger("%SCREENINGS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken token) =>
            recorder.HandleAsync(message, token);
    }

    [Fact]
    public async Task RunAsync_FunctionReturns_CompletesTheMessage()
    {
        await SendAsync("one", "two");
        await RunWhileAsync(() => Counts is { Active: 0 });
        Assert.Equal(["one", "two"], recorder.Seen.Order());
        Assert.Equal(0, Counts.DeadLettered);
    }

    [Fact]
    public async Task RunAsync_PoisonMessage_IsDeadAfterTenDeliveriesAndBlocksNobody()
    {
        recorder.Do = (message, _) => message == "poison" ? throw new InvalidOperationException("no") : Task.CompletedTask;
        await SendAsync(["poison", .. Enumerable.Range(0, 20).Select(i => $"good {i}")]);
        await RunWhileAsync(() => Counts is { Active: 1 });
        await RunWhileAsync(() => Counts is { Active: 0, DeadLettered: 1 }, () => clock.Advance(TimeSpan.FromSeconds(5)));
        Assert.Equal(SqliteMessageQueue.MaxDeliveries, recorder.CountOf("poison"));
        Assert.Equal(20, recorder.Seen.Count(s => s.StartsWith("good", StringComparison.Ordinal)));
        // The good ones did not wait for the poison's last delivery.
        Assert.Equal("poison", recorder.Seen.Last());
    }

    [Fact]
    public async Task RunAsync_FunctionThrowsOnce_RunsAgainAfterTheDelayAndNotBefore()
    {
        var failures = 0;
        recorder.Do = (_, _) => failures++ == 0 ? throw new InvalidOperationException("no") : Task.CompletedTask;
        await SendAsync("one");
        using var stop = new CancellationTokenSource();
        var running = Pump().RunAsync(stop.Token);
        await Harness.UntilAsync(() => recorder.Seen.Count == 1);
        await Task.Delay(50);
        Assert.Single(recorder.Seen);
        await Harness.UntilAsync(() => Counts.Active == 0, () => clock.Advance(TimeSpan.FromMilliseconds(300)));
        Assert.Equal(2, recorder.Seen.Count);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunAsync_LongWork_KeepsItsLoan()
    {
        var release = new TaskCompletionSource();
        recorder.Do = (_, _) => release.Task;
        await SendAsync("long");
        using var stop = new CancellationTokenSource();
        var running = Pump().RunAsync(stop.Token);
        await Harness.UntilAsync(() => recorder.Seen.Count == 1);
        // Two minutes, twice a loan, in steps shorter than the third of a loan after which it is renewed.
        for (var i = 0; i < 8; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(15));
            await Task.Delay(200);
        }
        release.SetResult();
        await Harness.UntilAsync(() => Counts.Active == 0);
        Assert.Single(recorder.Seen);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunAsync_Stopped_WaitsForWorkBegunAndBeginsNoMore()
    {
        var release = new TaskCompletionSource();
        recorder.Do = (_, _) => release.Task;
        await SendAsync("one", "two", "three");
        using var stop = new CancellationTokenSource();
        var running = Pump().RunAsync(stop.Token);
        await Harness.UntilAsync(() => recorder.Seen.Count == 2);
        await stop.CancelAsync();
        await Task.Delay(50);
        Assert.False(running.IsCompleted);
        release.SetResult();
        await running;
        Assert.Equal(2, recorder.Seen.Count);
        Assert.Equal(1, Counts.Active);
    }

    [Fact]
    public async Task RunAsync_StoppedAndDrainTimeOver_HandsTheMessageBackAtOnce()
    {
        recorder.Do = (_, token) => Task.Delay(Timeout.Infinite, token);
        await SendAsync("stuck");
        using var stop = new CancellationTokenSource();
        var running = Pump(drain: TimeSpan.FromMilliseconds(50)).RunAsync(stop.Token);
        await Harness.UntilAsync(() => recorder.Seen.Count == 1);
        await stop.CancelAsync();
        await running;
        var again = await store.Queue.ReceiveAsync(QueueName.Screenings, 1, TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.Equal(2, Assert.Single(again).DeliveryCount);
    }

    [Fact]
    public async Task RunUntilAsync_DoneOrNothingLeft_Returns()
    {
        await SendAsync("one", "two");
        var pumping = Pump().RunUntilAsync(_ => ValueTask.FromResult(recorder.Seen.Count == 2), CancellationToken.None);
        await Harness.UntilAsync(() => pumping.IsCompleted, () => clock.Advance(TimeSpan.FromMilliseconds(50)));
        Assert.True(await pumping);

        var idle = Pump().RunUntilAsync(_ => ValueTask.FromResult(false), CancellationToken.None);
        await Harness.UntilAsync(() => idle.IsCompleted, () => clock.Advance(TimeSpan.FromMilliseconds(50)));
        Assert.False(await idle);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 256)]
    [InlineData(10, 300)]
    [InlineData(1000, 300)]
    public void DelayAfter_NthDelivery_DoublesUpToFiveMinutes(int delivery, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), QueuePump.DelayAfter(delivery));

    private QueueCounts Counts => store.Queue.Count(QueueName.Screenings);

    private QueuePump Pump(TimeSpan? drain = null) => new(
        Harness.CatalogueOf(typeof(Taker)), Harness.Invoker(recorder, typeof(Taker)), store.Queue,
        new LocalOptions(store.Folder.Path, DistrictId.Parse("d")) { MessagesAtOnce = 2, DrainTime = drain ?? TimeSpan.FromSeconds(10) },
        clock, Harness.Configuration(), Harness.Quiet<QueuePump>());

    private async Task SendAsync(params string[] bodies) => await store.Queue.SendAsync(
        QueueName.Screenings, [.. bodies.Select(body => new OutgoingMessage(body, body))], CancellationToken.None);

    private async Task RunWhileAsync(Func<bool> until, Action? meanwhile = null)
    {
        using var stop = new CancellationTokenSource();
        var running = Pump().RunAsync(stop.Token);
        await Harness.UntilAsync(until, meanwhile);
        await stop.CancelAsync();
        await running;
    }
}
