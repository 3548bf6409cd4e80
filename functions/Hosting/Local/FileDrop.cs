using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>The watched folder: a file put into <c>drop/attendance</c>, <c>roster</c>, <c>calendar</c> or
/// <c>observations</c> of the data folder is taken in once it has stopped growing, and then lies in <c>drop/done</c> with
/// its report beside it.</summary>
/// <remarks>A file is first renamed into <c>drop/taking</c> with the id of the feed it becomes before its name. Whatever a
/// crash interrupts, the next start finds the id and goes on with that very feed: nothing is imported twice, nothing lost.
/// The log names the feed and never the file: people put names into file names.</remarks>
internal sealed partial class FileDrop(LocalOptions options, FeedIntake intake, FeedStore feeds, DroppedFiles copies, TimeProvider clock, ILogger<FileDrop> log) : BackgroundService
{
    /// <summary>A file of the same size at two looks, so far apart, has stopped growing.</summary>
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    /// <summary>How often the copies are looked through for what is to go.</summary>
    public static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    private const string ReportEnding = ".report.json";

    private static readonly (FeedContent Content, string Folder)[] Watched =
        [.. Enum.GetValues<FeedContent>().Select(content => (content, JsonNamingPolicy.CamelCase.ConvertName(content.ToString())))];

    private readonly string drop = Path.Combine(options.DataFolder, "drop");

    // Sizes at the last look, and files done whose feed is not finished yet.
    private Dictionary<string, long> seen = [];
    private DateTimeOffset nextSweep;
    private readonly Dictionary<string, FeedId> unreported = [];

    private string Done => Path.Combine(drop, "done");

    /// <summary>Makes the folders, and goes on where a process that ended left off.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Done);
        foreach (var (content, folder) in Watched)
        {
            Directory.CreateDirectory(Path.Combine(drop, folder));
            Directory.CreateDirectory(Taking(folder));
            foreach (var claimed in Directory.GetFiles(Taking(folder))) await TryTakeAsync(content, claimed, cancellationToken);
        }
        foreach (var file in Directory.GetFiles(Done))
            if (FeedOf(file) is { } feed && !file.EndsWith(ReportEnding, StringComparison.Ordinal) && !File.Exists(file + ReportEnding)) unreported[file] = feed;
    }

    /// <summary>One look at all folders, and at the feeds whose reports are due.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = new Dictionary<string, long>();
        foreach (var (content, folder) in Watched)
        {
            foreach (var file in new DirectoryInfo(Path.Combine(drop, folder)).GetFiles().Where(IsMeant))
            {
                if (!seen.TryGetValue(file.FullName, out var size) || size != file.Length) now[file.FullName] = file.Length;
                else await ClaimAsync(content, file, cancellationToken);
            }
        }
        seen = now;
        foreach (var (file, feed) in unreported.ToList())
            if (await feeds.ReportAsync(feed, cancellationToken) is { Status.IsFinal: true } report) await ReportAsync(file, FeedReportJson.Write(report), cancellationToken);
        if (clock.GetUtcNow() is var time && time < nextSweep) return;
        nextSweep = time + BetweenSweeps;
        await copies.SweepAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await TryAsync(BeginAsync, stoppingToken);
            while (true)
            {
                await Task.Delay(BetweenLooks, clock, stoppingToken);
                await TryAsync(LookAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; a file half taken in is taken in at the next start.
        }
    }

    private string Taking(string folder) => Path.Combine(drop, "taking", folder);

    /// <summary>Hidden files, links and what a copying program has not named finally yet are left alone.</summary>
    private static bool IsMeant(FileInfo file) =>
        file.Name[0] != '.' && file.LinkTarget is null && file.Extension.ToUpperInvariant() is not (".PART" or ".TMP" or ".CRDOWNLOAD");

    private async Task ClaimAsync(FeedContent content, FileInfo file, CancellationToken cancellationToken)
    {
        var claimed = Path.Combine(Taking(file.Directory!.Name), $"{FeedId.New(clock.GetUtcNow())}-{file.Name}");
        try
        {
            file.MoveTo(claimed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Still held by its writer, or taken by another process: the next look tells.
            NotTaken(content, exception.GetType().Name);
            return;
        }
        await TryTakeAsync(content, claimed, cancellationToken);
    }

    /// <summary>What goes wrong with one file stays with it, to be tried again at the next start.</summary>
    private Task TryTakeAsync(FeedContent content, string claimed, CancellationToken cancellationToken) =>
        TryAsync(stop => TakeAsync(content, claimed, stop), cancellationToken);

    private async Task TakeAsync(FeedContent content, string claimed, CancellationToken cancellationToken)
    {
        if (FeedOf(claimed) is not { } feed) return;
        IntakeResult taken;
        await using (var stream = new FileStream(
            claimed, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous))
            taken = await intake.ReceiveAsync(feed, stream, new FeedRequest(content, FileName: Path.GetFileName(claimed)) { SentBy = Authority.System("file-drop") }, FeedDrop.LargestFile, null, cancellationToken);

        var done = Path.Combine(Done, Path.GetFileName(claimed));
        File.Move(claimed, done, overwrite: true);
        switch (taken)
        {
            case IntakeResult.Accepted accepted:
                Taken(content, accepted.Status.Bytes, feed);
                unreported[done] = feed;
                break;
            case IntakeResult.TooLarge:
                Refused(content, "over 4 GB");
                await RefuseAsync(done, "The file is over 4 GB. Send it in parts.", cancellationToken);
                break;
            case IntakeResult.Empty:
                Refused(content, "empty");
                await RefuseAsync(done, "The file is empty.", cancellationToken);
                break;
            default:
                throw new InvalidOperationException("An intake result is not handled.");
        }
    }

    private Task RefuseAsync(string file, string why, CancellationToken cancellationToken) =>
        ReportAsync(file, JsonSerializer.Serialize(new Dictionary<string, string> { ["state"] = "refused", ["why"] = why }), cancellationToken);

    private async Task ReportAsync(string file, string report, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(file + ReportEnding, report, cancellationToken);
        unreported.Remove(file);
    }

    private async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A full disk, a folder taken away: the drop outlives it. Its words may quote a file's name.
            Faulted(exception.GetType().FullName, exception.StackTrace);
        }
    }

    private static FeedId? FeedOf(string path)
    {
        var name = Path.GetFileName(path);
        return name.Length > FeedId.Length && name[FeedId.Length] == '-' && FeedId.TryParse(name[..FeedId.Length], out var feed) ? feed : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "File drop: took in a file of {Bytes} bytes ({Content}) as feed {Feed}")]
    private partial void Taken(FeedContent content, long bytes, FeedId feed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "File drop: refused a file ({Content}): {Why}")]
    private partial void Refused(FeedContent content, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "File drop: a file ({Content}) could not be taken yet: {Type}")]
    private partial void NotTaken(FeedContent content, string type);

    [LoggerMessage(Level = LogLevel.Error, Message = "File drop: failed and goes on: {Type}\n{Trace}")]
    private partial void Faulted(string? type, string? trace);
}
