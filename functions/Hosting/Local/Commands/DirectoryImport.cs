using Microsoft.Extensions.Options;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Roster.Directories;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>import roster --from graph</c>: fetches roster and staff from the organisation's directory and reports on both.</summary>
internal static class DirectoryImport
{
    public static async Task<ExitCode> RunAsync(CommandContext context, bool json, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Get<DirectorySync>().RunAsync(Authority.CommandLine, cancellationToken) switch
            {
                DirectorySyncResult.NotSetUp => context.Refuse("No roster is to be fetched from Microsoft 365: set Graph__Roster to true, and what docs/microsoft-365.md names beside it."),
                DirectorySyncResult.Empty => context.Refuse("The directory names no pupil with an id in a school with an id. Nothing was taken in."),
                DirectorySyncResult.Unchanged => Unchanged(context),
                DirectorySyncResult.Sent sent => await ReportAsync(context, sent, json, cancellationToken),
                _ => throw new InvalidOperationException("A result of fetching a roster is not handled."),
            };
        }
        catch (OptionsValidationException exception)
        {
            return context.Refuse($"The settings are not complete. {string.Join(' ', exception.Failures)}");
        }
    }

    private static ExitCode Unchanged(CommandContext context)
    {
        context.Messages.Say("The directory says what it said the last time.");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> ReportAsync(CommandContext context, DirectorySyncResult.Sent sent, bool json, CancellationToken cancellationToken)
    {
        await context.Get<QueuePump>().RunUntilAsync(_ => ValueTask.FromResult(false), cancellationToken);
        var worst = ExitCode.Done;
        foreach (var id in sent.Feeds)
        {
            var report = (await context.Get<FeedStore>().ReportAsync(id, cancellationToken))!;
            var ended = await ImportRun.ReportAsync(context, "The directory's roster", report, json, cancellationToken);
            if (ended > worst) worst = ended;
        }
        return worst;
    }
}
