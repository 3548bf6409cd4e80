using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Functions.Hosting.Local;

namespace SchoolSignal.Benchmarks.Import;

/// <summary>What an import of ours took and found.</summary>
/// <param name="Received">From the first byte until the file is in the archive and its arrival acknowledged.</param>
/// <param name="Split">From the first byte until the batches are known, to within the 5 ms between two looks.</param>
/// <param name="Complete">From the first byte to the feed's being complete: archived, validated, applied, durable.</param>
/// <param name="Cpu">Processor time of the whole process in that time.</param>
internal sealed record LocalImported(TimeSpan Received, TimeSpan Split, TimeSpan Complete, TimeSpan Cpu, FeedReport Report);

/// <summary>The whole way of a feed through the Local host: archive, queue, split, batches, completion.</summary>
internal static class LocalImport
{
    public static async Task<LocalImported> RunAsync(string folder, string file)
    {
        await using var app = LocalStore.Open(folder);
        var feeds = app.GetRequiredService<FeedStore>();
        using var stop = new CancellationTokenSource();
        var pumping = app.GetRequiredService<QueuePump>().RunAsync(stop.Token);

        using var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var taken = (IntakeResult.Accepted)await app.GetRequiredService<FeedIntake>().ReceiveAsync(
            content, new FeedRequest(FeedContent.Attendance, "us-daily"), long.MaxValue, null, CancellationToken.None);
        var received = Stopwatch.GetElapsedTime(start);
        TimeSpan? split = null;
        while (await feeds.FindAsync(taken.Status.Id, CancellationToken.None) is var found && found is not { Status.IsFinal: true })
        {
            if (found?.Status.Split is not null) split ??= Stopwatch.GetElapsedTime(start);
            await Task.Delay(5);
        }
        var complete = Stopwatch.GetElapsedTime(start);
        self.Refresh();
        var used = self.TotalProcessorTime - cpu;

        await stop.CancelAsync();
        await pumping;
        var report = (await feeds.ReportAsync(taken.Status.Id, CancellationToken.None))!;
        if (report.Status.State != FeedState.Complete) throw new InvalidOperationException($"The feed was not taken in: {report.Status.Why}");
        return new LocalImported(received, split ?? complete, complete, used, report);
    }
}
