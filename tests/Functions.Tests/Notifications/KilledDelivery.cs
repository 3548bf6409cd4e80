using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>The process of R2: works the queues until nothing is left, and kills itself at the nth boundary of input and output, which the
/// ports count: before and after each commit, each send to a queue, each step of the mailbox.</summary>
internal static class KilledDelivery
{
    public const int Referrals = 3;

    public static Process Start(string folder, int boundary)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(KilledDelivery).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        return Process.Start(new ProcessStartInfo(program, [nameof(KilledDelivery), folder, boundary.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
    }

    public static async Task<int> RunAsync(string folder, string boundary)
    {
        var boundaries = new Boundaries(int.Parse(boundary, CultureInfo.InvariantCulture));
        var time = new ScaledTime(600, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock.AddMinutes(5));
        await using var app = new LocalApp(AlertRig.Thursday, time, folder, services => services
            .AddSingleton<ITableStore>(provider => new CountedStore(StoreSwitch.StoreOf(provider), boundaries))
            .AddSingleton<IMessageSender>(provider => new CountedQueue(provider.GetRequiredService<SqliteMessageQueue>(), boundaries))
            .AddSingleton<INotificationSender>(provider => new CountedMailbox(provider.GetRequiredService<FolderMailbox>(), boundaries)));
        await FinishAsync(app, Referrals);
        Console.WriteLine(boundaries.Count.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Works the queues until so many alerts have ended.</summary>
    public static async Task FinishAsync(LocalApp app, int count)
    {
        using var stop = new CancellationTokenSource();
        var pump = app.Get<QueuePump>().RunAsync(stop.Token);
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        while ((await AlertRig.LogAsync(app)).Count(n => n.HasEnded) < count && TimeProvider.System.GetUtcNow() < deadline) await Task.Delay(20);
        await stop.CancelAsync();
        await pump;
    }

    private sealed class Boundaries(int killAt)
    {
        private int count;

        public int Count => count;

        public void Pass()
        {
            // No handler, no finally block, no flush: as kill -9 from outside.
            if (Interlocked.Increment(ref count) == killAt) Process.GetCurrentProcess().Kill();
        }
    }

    private sealed class CountedStore(ITableStore inner, Boundaries boundaries) : ITableStore
    {
        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
            inner.GetAsync(table, partition, key, cancellationToken);

        public async IAsyncEnumerable<TableRow> QueryAsync(
            TableName table, PartitionKey partition, RowKeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var row in inner.QueryAsync(table, partition, range, cancellationToken)) yield return row;
        }

        public async ValueTask<CommitResult> CommitAsync(
            TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
        {
            boundaries.Pass();
            var result = await inner.CommitAsync(table, partition, changes, cancellationToken);
            boundaries.Pass();
            return result;
        }
    }

    private sealed class CountedQueue(IMessageSender inner, Boundaries boundaries) : IMessageSender
    {
        public async ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            boundaries.Pass();
            await inner.SendAsync(queue, messages, cancellationToken);
            boundaries.Pass();
        }
    }

    private sealed class CountedMailbox(FolderMailbox inner, Boundaries boundaries) : INotificationSender
    {
        public string Mailbox => inner.Mailbox;

        public IReadOnlySet<NotificationChannel> Channels => inner.Channels;

        public async ValueTask<PrepareResult> PrepareAsync(OutgoingNotification notification, CancellationToken cancellationToken)
        {
            boundaries.Pass();
            var result = await inner.PrepareAsync(notification, cancellationToken);
            boundaries.Pass();
            return result;
        }

        public async ValueTask<SendResult> SendAsync(OutgoingNotification notification, string handle, CancellationToken cancellationToken)
        {
            boundaries.Pass();
            var result = await inner.SendAsync(notification, handle, cancellationToken);
            boundaries.Pass();
            return result;
        }

        public ValueTask<FindReply> FindAsync(IReadOnlyList<UncertainSend> sends, CancellationToken cancellationToken) =>
            inner.FindAsync(sends, cancellationToken);
    }
}
