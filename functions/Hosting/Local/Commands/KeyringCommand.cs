using System.CommandLine;
using System.Globalization;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>keyring rotate</c>: a new version of the directory's secret, and the directory under it, while the app serves.</summary>
internal static class KeyringCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("keyring", "The secret that ties pupils' numbers and names to their records.");
        var rotate = new Command(
            "rotate",
            string.Create(CultureInfo.InvariantCulture, $"Make a new version of the secret and give the directory new keys. The app goes on serving. Takes at least {2 * DirectoryRekey.Settle.TotalMinutes:0} minutes; cut short, the next run goes on where it stopped."));
        rotate.SetAction(CommandContext.Action(common, (context, _, cancellationToken) => RotateAsync(context, cancellationToken)));
        command.Add(rotate);
        return command;
    }

    private static async Task<ExitCode> RotateAsync(CommandContext context, CancellationToken cancellationToken)
    {
        // Once for each run, before anything changes: one that was cut short stands there too.
        await context.Get<AuditTrail>().AppendAsync(
            AuditEntry.OfDistrict(Authority.CommandLine, AuditAction.RotateKeyring, context.Get<TimeProvider>().GetUtcNow()), cancellationToken);
        await context.SealAuditAsync(cancellationToken);
        var done = await context.Messages.WatchAsync(
            "Giving the directory new keys", progress => context.Get<DirectoryRekey>().RunAsync(new Rows(progress), cancellationToken));
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{done.From} -> {done.To}: {done.Hashed:N0} pupils found anew, {done.Sealed:N0} rows sealed anew, {done.Removed:N0} old rows removed."));
        context.Messages.Say($"Keep {done.From}: the audit's older signatures were made with it.");
        return ExitCode.Done;
    }

    private sealed class Rows(IProgress<WorkDone> progress) : IProgress<RekeyReport>
    {
        public void Report(RekeyReport value) => progress.Report(new WorkDone(value.Hashed + value.Sealed + value.Removed, null, "rows"));
    }
}
