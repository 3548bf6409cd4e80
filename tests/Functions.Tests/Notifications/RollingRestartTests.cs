using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>R8: the app is stopped and started three times while it works, as a deployment does it. What was in work is handed back.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int Restarts = 3;

    /// <summary>Two messages each, the change and the alert: a thousand in the full run.</summary>
    private static readonly int Referrals = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 500 : 80;

    [Fact]
    public async Task R8_RestartedThreeTimesAtWork_DrainedInThreeMinutesNothingLost()
    {
        using var folder = new TempFolder();
        var time = new ScaledTime(60, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        await using var app = new LocalApp(AlertRig.Thursday, time, folder.Path);
        var ledger = await DeliveryLedger.OpenAsync(app, Referrals);
        var sent = new ConcurrentDictionary<string, bool>();
        var watch = Stopwatch.StartNew();

        for (var run = 0; run <= Restarts; run++)
        {
            using var host = Build(folder.Path, time, sent);
            await host.StartAsync(CancellationToken.None);
            // Stopped in the middle, but for the last, which finishes.
            if (run < Restarts) await WaitForAsync(app, ledger, (run + 1d) / (Restarts + 1));
            else await ledger.WaitAsync(app, TimeSpan.FromMinutes(3));
            await host.StopAsync(CancellationToken.None);
        }

        output.WriteLine($"{await ledger.CheckAsync(app, "R8")}; {Referrals + sent.Count} messages, {Restarts} restarts, drained in {watch.Elapsed.TotalSeconds:F1} s");
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(3), $"drained in {watch.Elapsed}");
    }

    private static IHost Build(string folder, TimeProvider time, ConcurrentDictionary<string, bool> sent) => LocalHost.Build(
        new LocalOptions(folder, DistrictId.Parse("test"), Port: 0)
        {
            SurvivesPowerCut = false,
            // Less than a send takes where it waits for its turn: some are cut off and handed back.
            DrainTime = TimeSpan.FromMilliseconds(20),
            Loan = TimeSpan.FromMinutes(20),
        }.OnTestStore(),
        configure: services => services
            .AddSingleton(time)
            .AddSingleton<IMessageSender>(provider => new CountingSender(provider.GetRequiredService<SqliteMessageQueue>(), sent)));

    private static async Task WaitForAsync(LocalApp app, DeliveryLedger ledger, double share)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1);
        while ((await AlertRig.LogAsync(app)).Count(n => n.HasEnded) < ledger.Count * share && TimeProvider.System.GetUtcNow() < deadline) await Task.Delay(10);
    }

    private sealed class CountingSender(IMessageSender inner, ConcurrentDictionary<string, bool> sent) : IMessageSender
    {
        public ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            foreach (var message in messages) sent[message.MessageId] = true;
            return inner.SendAsync(queue, messages, cancellationToken);
        }
    }
}
