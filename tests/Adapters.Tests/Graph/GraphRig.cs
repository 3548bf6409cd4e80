using Azure.Core;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Graph;

namespace SchoolSignal.Adapters.Tests.Graph;

/// <summary>The sender against a fake Graph, on a clock a hundred times as fast as the world's.</summary>
internal sealed class GraphRig : IAsyncDisposable
{
    public const string Mailbox = "signal@district.example";

    private GraphRig(FakeGraph graph, ScaledTime time, GraphOptions options)
    {
        (Graph, Time) = (graph, time);
        options.Service = graph.Service;
        Sender = new GraphNotificationSender(options, new FixedToken(), time);
    }

    public FakeGraph Graph { get; }

    public ScaledTime Time { get; }

    public GraphNotificationSender Sender { get; }

    public static async Task<GraphRig> StartAsync(Func<GraphCallKind, int, GraphFault?>? script = null, Action<GraphOptions>? configure = null)
    {
        var time = new ScaledTime(100);
        var options = Options();
        configure?.Invoke(options);
        return new GraphRig(await FakeGraph.StartAsync(time, script), time, options);
    }

    public static GraphOptions Options() => new()
    {
        Mailbox = Mailbox,
        TeamsAppId = "6f2a1b38-0a63-4a4e-9d2c-4f7f4f1a2b3c",
        ToDoTasks = true,
        // A second of the world's: the first request of a process takes some of it.
        Timeout = TimeSpan.FromMinutes(2),
    };

    public static OutgoingNotification Mail(int number, bool isUrgent = false, NotificationChannel channel = NotificationChannel.Mail) => new(
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)).AsSpan(0, 16)), channel,
        $"counsellor{number}@district.example", "A referral needs you (1A2B3C4D)", "Text", "<p>Text</p>", new Uri("https://signal.example/cases/1a2b"),
        isUrgent, $"referral {number}");

    /// <summary>Prepares and sends.</summary>
    public async Task<SendResult> SendAsync(OutgoingNotification mail)
    {
        var prepared = Assert.IsType<PrepareResult.Prepared>(await Sender.PrepareAsync(mail, CancellationToken.None));
        return await Sender.SendAsync(mail, prepared.Handle, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Sender.Dispose();
        await Graph.DisposeAsync();
    }
}

/// <summary>A token that is never looked into.</summary>
internal sealed class FixedToken : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new("a-token", DateTimeOffset.MaxValue);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
