using System.Diagnostics;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Graph;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>R9: alerts through Microsoft Graph while it throttles, fails, delivers and says it did not, hangs and breaks connections; with one
/// sender, and with three processes on the same data.</summary>
public sealed class GraphDeliveryTests(ITestOutputHelper output)
{
    private static readonly int Referrals = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 400 : 24;

    /// <summary>Three quarters of a second by the wall's clock.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task R9_FaultsOfEveryKind_OneMailAKeyWithinTheRate()
    {
        const int seed = 20260319;
        using var folder = new TempFolder();
        var time = new ScaledTime(60, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        await using var graph = await FakeGraph.StartAsync(time, Script(seed), UnderWay);
        await using var app = SendingProcess.AppOf(folder.Path, graph.Service, time);
        await PlanAsync(app);
        using var stop = new CancellationTokenSource();
        var pump = app.Get<QueuePump>().RunAsync(stop.Token);
        var rows = await WaitForEndAsync(app);
        await stop.CancelAsync();
        await pump;
        Check($"seed {seed}, one process", graph, rows);
    }

    [Fact]
    public async Task R9_ThreeProcesses_OneMailAKeyWithinTheRate()
    {
        const int seed = 20260321;
        using var folder = new TempFolder();
        var time = new ScaledTime(60, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        await using var graph = await FakeGraph.StartAsync(time, Script(seed), UnderWay);
        await using var app = SendingProcess.AppOf(folder.Path, graph.Service, time);
        await PlanAsync(app);
        List<Process> senders = [.. Enumerable.Range(0, 3).Select(_ => SendingProcess.Start(folder.Path, graph.Service, time))];
        try
        {
            var rows = await WaitForEndAsync(app);
            foreach (var sender in senders) sender.StandardInput.Close();
            var sent = new List<string>();
            foreach (var sender in senders)
            {
                sent.Add((await sender.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
                await sender.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
            Check($"seed {seed}, 3 processes with {string.Join(", ", sent)} sends", graph, rows);
            Assert.True(sent.Count(n => n is not ("" or "0")) > 1, $"seed {seed}: only one process sent");
        }
        finally
        {
            foreach (var sender in senders)
            {
                if (!sender.HasExited) sender.Kill();
                sender.Dispose();
            }
        }
    }

    private void Check(string what, FakeGraph graph, IReadOnlyList<Notification> rows)
    {
        var perKey = graph.Delivered.GroupBy(d => d.Mail.Key).ToList();
        output.WriteLine(
            $"R9, {what}: {rows.Count} planned, {perKey.Count} delivered, {graph.Delivered.Count - perKey.Count} twice, "
            + $"{rows.Sum(r => r.Repeats)} repeats, most in flight {graph.MostInFlight}, most a minute {graph.MostAMinute()}, "
            + $"{graph.Calls.Count} calls, {string.Join(", ", graph.Calls.GroupBy(c => c.Answer).Select(g => $"{g.Key} {g.Count()}"))}");
        Assert.All(rows, row => Assert.Equal(NotificationState.Sent, row.State));
        Assert.Equal(rows.Select(r => r.SendKey).Order(), perKey.Select(g => g.Key).Order());
        Assert.All(perKey, mails => Assert.Single(mails));
        Assert.InRange(graph.MostInFlight, 1, SendingWindow.MostAtOnce);
        Assert.InRange(graph.MostAMinute(), 1, SendingWindow.MostAMinute);
        Assert.Empty(graph.Violations);
    }

    /// <summary>Every fault the service is known for (guarantees.md §1), at places that the seed chooses.</summary>
    private static Func<GraphCallKind, int, GraphFault?> Script(int seed) => (kind, n) =>
    {
        var random = new Random(unchecked((seed * 31) + ((int)kind * 1_009) + (n * 7_919)));
        if (kind == GraphCallKind.Find) return random.Next(4) == 0 ? new GraphFault.Throttle(TimeSpan.FromSeconds(random.Next(1, 20)), random.Next(2) == 0) : null;
        if (kind is not (GraphCallKind.Draft or GraphCallKind.Send) || random.Next(3) > 0) return null;
        return random.Next(9) switch
        {
            0 => new GraphFault.Throttle(TimeSpan.FromSeconds(random.Next(1, 90)), AsDate: false),
            1 => new GraphFault.Throttle(TimeSpan.FromSeconds(random.Next(1, 90)), AsDate: true),
            2 => new GraphFault.Error(503),
            3 => new GraphFault.ErrorThoughDone(504),
            4 when kind == GraphCallKind.Send => new GraphFault.AcceptedWithRest(TimeSpan.FromSeconds(random.Next(1, 60))),
            5 => new GraphFault.Hang(TimeSpan.FromSeconds(40), Done: random.Next(2) == 0),
            6 => new GraphFault.Reset(Done: random.Next(2) == 0),
            7 => new GraphFault.TokenExpired(),
            _ => new GraphFault.Error(500),
        };
    };

    private static async Task PlanAsync(LocalApp app)
    {
        await AlertRig.HireAsync(app, "green", Role.Counsellor);
        for (var i = 0; i < Referrals; i++)
            Assert.IsType<ReferralChange.Opened>(await AlertRig.ScreenAsync(app, StudentKey.New(), Level.Raised, AlertRig.Thursday));
    }

    private static async Task<IReadOnlyList<Notification>> WaitForEndAsync(LocalApp app)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(100 + Referrals);
        while (true)
        {
            var rows = await AlertRig.LogAsync(app);
            if ((rows.Count == Referrals && rows.All(r => r.HasEnded)) || TimeProvider.System.GetUtcNow() > deadline) return rows;
            await Task.Delay(200);
        }
    }
}
