using System.Diagnostics;
using System.Globalization;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>A sender of R9 in a process of its own: works the queues of a folder against a fake Graph until its standard input closes,
/// then says how many sends it made.</summary>
internal static class SendingProcess
{
    public static Process Start(string folder, Uri graph, ScaledTime time)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(SendingProcess).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        string[] arguments =
        [
            nameof(SendingProcess), folder, graph.AbsoluteUri, time.Factor.ToString(CultureInfo.InvariantCulture),
            time.RealOrigin.ToString("O", CultureInfo.InvariantCulture), time.Origin.ToString("O", CultureInfo.InvariantCulture),
        ];
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <param name="how">What <see cref="Start"/> passes on: the processes share data, service and clock.</param>
    public static async Task<int> RunAsync(string[] how)
    {
        var time = new ScaledTime(
            double.Parse(how[2], CultureInfo.InvariantCulture), DateTimeOffset.Parse(how[3], CultureInfo.InvariantCulture),
            DateTimeOffset.Parse(how[4], CultureInfo.InvariantCulture));
        await using var app = AppOf(how[0], new Uri(how[1]), time);
        using var stop = new CancellationTokenSource();
        var pump = app.Get<QueuePump>().RunAsync(stop.Token);
        await Console.In.ReadToEndAsync();
        await stop.CancelAsync();
        await pump;
        await Console.Out.WriteLineAsync(((CountedSender)app.Get<INotificationSender>()).Sends.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>The app with Graph as its sender. A minute of its clock is a second of the world's: on a busy machine a loan of a minute would
    /// run out under the work itself.</summary>
    public static LocalApp AppOf(string folder, Uri graph, TimeProvider time, Action<IServiceCollection>? configure = null) => new(
        AlertRig.Thursday, time, folder,
        services =>
        {
            services.AddSingleton<INotificationSender>(_ => new CountedSender(
                new GraphNotificationSender(new GraphOptions { Mailbox = "signal@district.example", Service = graph }, new AnyToken(), time)));
            configure?.Invoke(services);
        },
        TimeSpan.FromMinutes(20));

    private sealed class CountedSender(GraphNotificationSender inner) : INotificationSender, IDisposable
    {
        private int sends;

        public int Sends => sends;

        public string Mailbox => inner.Mailbox;

        public IReadOnlySet<NotificationChannel> Channels => inner.Channels;

        public ValueTask<PrepareResult> PrepareAsync(OutgoingNotification notification, CancellationToken cancellationToken) =>
            inner.PrepareAsync(notification, cancellationToken);

        public ValueTask<SendResult> SendAsync(OutgoingNotification notification, string handle, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref sends);
            return inner.SendAsync(notification, handle, cancellationToken);
        }

        public ValueTask<FindReply> FindAsync(IReadOnlyList<UncertainSend> sends, CancellationToken cancellationToken) => inner.FindAsync(sends, cancellationToken);

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>A token that is never looked into.</summary>
internal sealed class AnyToken : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("a-token", DateTimeOffset.MaxValue);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
