using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Graph;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>R9: alerts through Microsoft Graph while it throttles, fails, delivers and says it did not, hangs and breaks connections; with one
/// sender and with three on the same data.</summary>
public sealed class GraphDeliveryTests(ITestOutputHelper output)
{
    private static readonly int Referrals = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 400 : 40;

    [Theory]
    [InlineData(1, 20260319)]
    [InlineData(3, 20260320)]
    public async Task R9_FaultsOfEveryKind_OneMailAKeyWithinTheRate(int senders, int seed)
    {
        using var folder = new TempFolder();
        var time = new ScaledTime(60, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        await using var graph = await FakeGraph.StartAsync(time, Script(seed));
        // A minute of this clock is a second of the world's: on a busy machine a loan of a minute would run out under the work itself.
        var apps = Enumerable.Range(0, senders).Select(_ => new LocalApp(AlertRig.Thursday, time, folder.Path, services => UseGraph(services, graph, time), TimeSpan.FromMinutes(20))).ToList();
        try
        {
            await PlanAsync(apps[0]);
            using var stop = new CancellationTokenSource();
            var pumps = apps.Select(app => app.Get<QueuePump>().RunAsync(stop.Token)).ToList();
            var rows = await WaitForEndAsync(apps[0]);
            await stop.CancelAsync();
            await Task.WhenAll(pumps);

            var perKey = graph.Delivered.GroupBy(d => d.Mail.Key).ToList();
            output.WriteLine(
                $"seed {seed}, {senders} senders: {rows.Count} planned, {perKey.Count} delivered, {graph.Delivered.Count - perKey.Count} twice, "
                + $"{rows.Sum(r => r.Repeats)} repeats, most in flight {graph.MostInFlight}, most a minute {graph.MostAMinute()}, "
                + $"{graph.Calls.Count} calls, {string.Join(", ", graph.Calls.GroupBy(c => c.Answer).Select(g => $"{g.Key} {g.Count()}"))}");
            Assert.All(rows, row => Assert.Equal(NotificationState.Sent, row.State));
            Assert.Equal(rows.Select(r => r.SendKey).Order(), perKey.Select(g => g.Key).Order());
            Assert.All(perKey, mails => Assert.Single(mails));
            Assert.InRange(graph.MostInFlight, 1, SendingWindow.MostAtOnce);
            Assert.InRange(graph.MostAMinute(), 1, SendingWindow.MostAMinute);
            Assert.Empty(graph.Violations);
        }
        finally
        {
            foreach (var app in apps) await app.DisposeAsync();
        }
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

    private static void UseGraph(IServiceCollection services, FakeGraph graph, TimeProvider time) =>
        services.AddSingleton<INotificationSender>(new GraphNotificationSender(
            new GraphOptions { Mailbox = "signal@district.example", Service = graph.Service }, new AnyToken(), time));

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

    private sealed class AnyToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("a-token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
