using System.Globalization;
using System.IO.Compression;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Takes a file in as the API does, works the queues until it is done, and reports.</summary>
internal static class ImportRun
{
    public static async Task<ExitCode> RunAsync(
        CommandContext context, FileSystemInfo file, FeedRequest request, bool json, CancellationToken cancellationToken)
    {
        if (await TakeInAsync(context, file, request, cancellationToken) is not { } report)
            return context.Refuse($"{file.Name} is empty.");
        return await ReportAsync(context, file.Name, report, json, cancellationToken);
    }

    /// <summary>Writes what became of a feed.</summary>
    /// <param name="name">What a person knows it by.</param>
    public static async Task<ExitCode> ReportAsync(CommandContext context, string name, FeedReport report, bool json, CancellationToken cancellationToken)
    {
        await context.SealAuditAsync(cancellationToken);
        if (json) await context.Output.WriteLineAsync(FeedReportJson.Write(report));
        else WriteText(context.Output, report);

        if (report.Status.State == FeedState.Refused) return context.Refuse(report.Status.Why ?? $"{name} was refused.");
        if (!report.Status.IsFinal) context.Messages.Say("It is taken in and not finished yet; serve, or the next command, goes on with it.");
        if (report.Refused > 0) context.Messages.Say($"Some rows were refused. To mend them: refused {report.Status.Id}");
        return report.Refused > 0 || report.AnyFailed ? ExitCode.SomeRowsRefused : ExitCode.Done;
    }

    /// <summary>Null for an empty file.</summary>
    public static async Task<FeedReport?> TakeInAsync(
        CommandContext context, FileSystemInfo file, FeedRequest request, CancellationToken cancellationToken)
    {
        var feeds = context.Get<FeedStore>();
        return await context.Messages.WatchAsync(file.Name, async progress =>
        {
            await using var content = Open(file);
            var bytes = new Bytes(progress, content.Length);
            var taken = await context.Get<FeedIntake>().ReceiveAsync(
                content, request with { FileName = file.Name, SentBy = Authority.CommandLine }, long.MaxValue, bytes, cancellationToken);
            if (taken is not IntakeResult.Accepted { Status.Id: var id }) return null;
            await context.Get<QueuePump>().RunUntilAsync(
                async stop =>
                {
                    var report = (await feeds.ReportAsync(id, stop))!;
                    if (report.Status.Split is { } split) progress.Report(new WorkDone(report.Results.Count, split.Batches, "schools' years"));
                    // Not done with the feed: what it asks for, the baseline and the screening, is worked too.
                    return false;
                },
                cancellationToken);
            return await feeds.ReportAsync(id, cancellationToken);
        });
    }

    /// <summary>An unpacked bundle is packed again: one way in for both.</summary>
    private static FileStream Open(FileSystemInfo file)
    {
        if (file is not DirectoryInfo and not { Attributes: FileAttributes.Directory })
            return new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var packed = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        ZipFile.CreateFromDirectory(file.FullName, packed, CompressionLevel.Fastest, includeBaseDirectory: false);
        packed.Position = 0;
        return packed;
    }

    private static void WriteText(TextWriter output, FeedReport report)
    {
        var status = report.Status;
        Line("feed", status.Id.Value);
        Line("state", JsonOutput.Camel(status.State));
        Line("rows read", Text(status.Rows));
        if (status.Request.Content == FeedContent.Attendance)
        {
            Line("applied", Text(report.Changed));
            Line("unchanged", Text(report.Unchanged));
            Line("superseded", Text(report.Superseded));
            if (report.Filled > 0) Line("filled", Text(report.Filled));
            if (report.TwiceStated > 0) Line("stated twice", Text(report.TwiceStated));
            if (report.SectionEvents > 0) Line("section events", Text(report.SectionEvents));
            if (report.OutsideCalendar > 0) Line("outside calendar", Text(report.OutsideCalendar));
            if (report.OutsideEnrollment > 0) Line("outside enrolment", Text(report.OutsideEnrollment));
            if (status.Covers is { } covers) Line("covers", string.Create(CultureInfo.InvariantCulture, $"{covers.From:yyyy-MM-dd} to {covers.To:yyyy-MM-dd}"));
        }
        else
        {
            Line("changed", Text(status.Taken));
        }
        Line("refused", Text(report.Refused));
        foreach (var (reason, count) in report.RefusedBecause) Line("  " + JsonOutput.Camel(reason), Text(count));
        foreach (var (code, count) in status.UnknownCodes) Line($"unknown code {code}", Text(count));
        foreach (var concluded in status.Concluded) output.WriteLine($"concluded: {concluded}");
        foreach (var warning in report.Warnings) output.WriteLine($"warning: {warning}");

        void Line(string name, string value) => output.WriteLine($"{name,-20} {value}");
        static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
    }

    private sealed class Bytes(IProgress<WorkDone> progress, long of) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new WorkDone(value, of, "bytes"));
    }
}
