using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Local;

public sealed class TimerRunnerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Start);
    private readonly Recorder recorder = new();
    private readonly TestStore store = new();

    public void Dispose() => store.Dispose();

    public sealed class Hourly(Recorder recorder)
    {
        [Function("Hourly")]
        public Task Run([TimerTrigger("%TEST_CRON%")] TimerInfo timer, CancellationToken token) =>
            recorder.HandleAsync(timer.IsPastDue ? "late" : "on time", token);
    }

    public sealed class Unmonitored(Recorder recorder)
    {
        [Function("Unmonitored")]
        public Task Run([TimerTrigger("%TEST_CRON%", UseMonitor = false)] TimerInfo timer, CancellationToken token) =>
            recorder.HandleAsync("ran", token);
    }

    public sealed class OnStart(Recorder recorder)
    {
        [Function("OnStart")]
        public Task Run([TimerTrigger("%TEST_CRON%", RunOnStartup = true)] TimerInfo timer, CancellationToken token) =>
            recorder.HandleAsync("ran", token);
    }

    [Fact]
    public async Task Run_AtItsTimes_RunsEachOnce()
    {
        await using var running = await RunAsync(typeof(Hourly));
        await Harness.UntilAsync(() => recorder.Seen.Count == 3, () => clock.Advance(TimeSpan.FromMinutes(1)));
        Assert.True(clock.GetUtcNow() >= Start.AddHours(3));
    }

    [Fact]
    public async Task Run_MissedWhileDown_IsMadeUpOnce()
    {
        await Memory.RememberAsync("Hourly", Start.AddHours(-5), CancellationToken.None);
        await using (await RunAsync(typeof(Hourly)))
            await Harness.UntilAsync(async () => await Memory.LastRunAsync("Hourly", CancellationToken.None) == Start);
        Assert.Equal("late", Assert.Single(recorder.Seen));
    }

    [Fact]
    public async Task Run_FirstEver_WaitsForItsTime()
    {
        await using var running = await RunAsync(typeof(Hourly));
        await Harness.UntilAsync(async () => await Memory.LastRunAsync("Hourly", CancellationToken.None) == Start);
        await Task.Delay(50);
        Assert.Empty(recorder.Seen);
    }

    [Fact]
    public async Task Run_NotMonitored_ForgetsWhatItMissed()
    {
        await Memory.RememberAsync("Unmonitored", Start.AddHours(-5), CancellationToken.None);
        await using var running = await RunAsync(typeof(Unmonitored));
        await Task.Delay(50);
        Assert.Empty(recorder.Seen);
    }

    [Fact]
    public async Task Run_OnStartup_RunsAtOnce()
    {
        await using var running = await RunAsync(typeof(OnStart));
        await Harness.UntilAsync(() => recorder.Seen.Count == 1);
        Assert.Equal(Start, clock.GetUtcNow());
    }

    [Fact]
    public async Task Run_ThatThrows_RunsAgainAtItsNextTimeAndIsNotRemembered()
    {
        recorder.Do = (_, _) => throw new InvalidOperationException("no");
        await using var running = await RunAsync(typeof(Hourly));
        await Harness.UntilAsync(async () => await Memory.LastRunAsync("Hourly", CancellationToken.None) == Start);
        await Harness.UntilAsync(() => recorder.Seen.Count == 2, () => clock.Advance(TimeSpan.FromMinutes(5)));
        Assert.Equal(Start, await Memory.LastRunAsync("Hourly", CancellationToken.None));
    }

    [Fact]
    public async Task Run_StillRunningAtItsNextTime_DoesNotOverlap()
    {
        var release = new TaskCompletionSource();
        recorder.Do = (_, _) => release.Task;
        await using var running = await RunAsync(typeof(Hourly));
        await Harness.UntilAsync(() => recorder.Seen.Count == 1, () => clock.Advance(TimeSpan.FromMinutes(5)));
        clock.Advance(TimeSpan.FromHours(3));
        await Task.Delay(50);
        Assert.Single(recorder.Seen);
        release.SetResult();
    }

    private TimerMemory Memory => new(store.Tables, DistrictId.Parse("d"));

    private async Task<Running> RunAsync(Type type)
    {
        var runner = new TimerRunner(
            Harness.CatalogueOf(type), Harness.Invoker(recorder, type), Memory, clock,
            Harness.Configuration(("TEST_CRON", "0 0 * * * *")), Harness.Quiet<TimerRunner>());
        await runner.StartAsync(CancellationToken.None);
        return new Running(runner);
    }

    private sealed class Running(TimerRunner runner) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await runner.StopAsync(CancellationToken.None);
            runner.Dispose();
        }
    }
}
