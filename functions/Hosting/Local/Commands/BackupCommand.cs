using System.CommandLine;
using System.Globalization;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Backups;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>backup</c>, <c>backup keys</c> and <c>restore</c>.</summary>
internal static class BackupCommand
{
    private const string Ending = ".schoolsignal-backup";

    public static Command CreateBackup(CommonOptions common)
    {
        var target = new Argument<string>("FILE|DIR") { Description = "The file to write, or a folder that is there: the file is then named by district and time." };
        var keys = KeysOption("The file of keys, replaced by a new one. Keep it on other storage than the backups, and no older copy of it.");
        var command = new Command("backup", "Write everything that is held into one encrypted file. It opens only with this key ring and the file of keys.") { target, keys };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            BackupAsync(context, parsed.GetValue(target)!, parsed.GetValue(keys)!, cancellationToken)));
        var file = new Argument<FileInfo>("FILE") { Description = "The file of keys to replace." };
        var keysAlone = new Command("keys", "Write the file of keys alone: after an erasure, so that no backup brings the pupil back.") { file };
        keysAlone.SetAction(CommandContext.Action(common, async (context, parsed, cancellationToken) =>
        {
            await WriteKeysAsync(context, parsed.GetValue(file)!, cancellationToken);
            return ExitCode.Done;
        }));
        command.Add(keysAlone);
        return command;
    }

    public static Command CreateRestore(CommonOptions common)
    {
        var source = new Argument<FileInfo>("FILE") { Description = "The backup." }.AcceptExistingOnly();
        var keys = KeysOption("The newest file of keys.");
        keys.AcceptExistingOnly();
        var command = new Command(
            "restore", "Put a backup into an empty data folder that holds nothing but its key ring. Who was erased since stays erased.") { source, keys };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RestoreAsync(context, parsed.GetValue(source)!, parsed.GetValue(keys)!, cancellationToken)));
        return command;
    }

    private static Option<FileInfo> KeysOption(string description) => new("--keys") { Description = description, HelpName = "FILE", Required = true };

    private static async Task<ExitCode> BackupAsync(CommandContext context, string target, FileInfo keys, CancellationToken cancellationToken)
    {
        var now = context.Get<TimeProvider>().GetUtcNow().UtcDateTime;
        var path = Directory.Exists(target)
            ? Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"{context.Options.District.Value}-{now:yyyyMMdd-HHmmss}{Ending}"))
            : Path.GetFullPath(target);
        BackupReport report;
        await using (var file = new WholeFile(path))
        {
            report = await context.Messages.WatchAsync(
                "Backing up", progress => context.Get<Backup>().WriteAsync(file.Stream, new Rows(progress), cancellationToken));
            // The keys first: a backup without them is nothing, keys without a backup are.
            await WriteKeysAsync(context, keys, cancellationToken);
            file.Complete();
        }
        context.Output.WriteLine(path);
        context.Messages.Say(Describe("Backed up", report));
        if (report.Waiting is > 0)
            context.Messages.Say(string.Create(CultureInfo.InvariantCulture, $"{report.Waiting:N0} messages waited in the queues; a backup holds none. Best is to take it when the app is at rest."));
        return ExitCode.Done;
    }

    private static async Task WriteKeysAsync(CommandContext context, FileInfo keys, CancellationToken cancellationToken)
    {
        await using var file = new WholeFile(keys.FullName);
        var (count, tombstones) = await context.Get<BackupKeyFile>().WriteAsync(file.Stream, cancellationToken);
        file.Complete();
        context.Messages.Say(string.Create(CultureInfo.InvariantCulture, $"File of keys: {count:N0} keys, {tombstones:N0} tombstones."));
    }

    private static async Task<ExitCode> RestoreAsync(CommandContext context, FileInfo source, FileInfo keys, CancellationToken cancellationToken)
    {
        await using var backup = source.OpenRead();
        await using var keysOf = keys.OpenRead();
        var result = await context.Messages.WatchAsync(
            "Restoring", progress => context.Get<Restore>().RunAsync(backup, keysOf, new Rows(progress), cancellationToken));
        switch (result)
        {
            case RestoreResult.NotEmpty:
                return context.Refuse("The data folder holds data already. Restore into an empty one that holds nothing but keyring.json.");
            case RestoreResult.NotABackup:
                return context.Refuse("This is not a backup of SchoolSignal, or one of a later version.");
            case RestoreResult.OtherDistrict other:
                return context.Refuse($"This is a backup of district {other.District}. Name it with --district.");
            case RestoreResult.OtherKeyring other:
                return context.Refuse($"The backup was made under version {other.Version} of another key ring. Put that key ring back first: keyring.json, or the vault.");
            case RestoreResult.NotTheKeys:
                return context.Refuse("--keys is not the file of keys of this district and key ring.");
            case RestoreResult.Damaged damaged:
                return context.Refuse($"{damaged.Where} Empty the data folder but for its key ring and take another backup.");
            case RestoreResult.Restored restored:
                context.Messages.Say(Describe("Restored", restored.Report));
                if (restored.ShreddedPupils + restored.ShreddedFiles + restored.Replayed > 0)
                    context.Messages.Say(string.Create(
                        CultureInfo.InvariantCulture,
                        $"Erased since the backup: {restored.ShreddedPupils + restored.Replayed:N0} pupils stay erased, and {restored.ShreddedFiles:N0} files they were in."));
                await context.SealAuditAsync(cancellationToken);
                return restored.Audit.IsWhole ? ExitCode.Done : context.Refuse("The audit is not whole. Run audit verify to see where.");
            default:
                throw new InvalidOperationException("A result of a restore is not handled.");
        }
    }

    private static string Describe(string what, BackupReport report) => string.Create(
        CultureInfo.InvariantCulture, $"{what}: {report.Rows:N0} rows, {report.Pupils:N0} pupils under a key of their own, {report.Files:N0} files of {report.Bytes / 1_000_000.0:N1} MB.");

    private sealed class Rows(IProgress<WorkDone> progress) : IProgress<BackupReport>
    {
        public void Report(BackupReport value) => progress.Report(new WorkDone(value.Rows + value.Files, null, "rows and files"));
    }

    /// <summary>A file that takes its name, and an older one's place, only when it is whole and on disk; for its owner only.</summary>
    private sealed class WholeFile : IAsyncDisposable
    {
        private readonly string path;
        private bool isComplete;

        public WholeFile(string path)
        {
            this.path = path;
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 128 * 1024 };
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path + ".part");
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            Stream = new FileStream(path + ".part", options);
        }

        public FileStream Stream { get; }

        public void Complete()
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            File.Move(path + ".part", path, overwrite: true);
            isComplete = true;
        }

        public async ValueTask DisposeAsync()
        {
            await Stream.DisposeAsync();
            if (!isComplete) File.Delete(path + ".part");
        }
    }
}
