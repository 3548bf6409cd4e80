using System.CommandLine;
using System.Text;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>refused</c>: the rows of a feed that were not taken, to mend and send again.</summary>
internal static class RefusedCommand
{
    public static Command Create(CommonOptions common)
    {
        var feed = new Argument<string>("FEED_ID") { Description = "The feed's id, as the import reported it." };
        var command = new Command("refused", "Write a feed's refused rows to stdout as CSV, to mend and import again.") { feed };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(feed)!, cancellationToken)));
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, string feed, CancellationToken cancellationToken)
    {
        if (!FeedId.TryParse(feed, out var id) || await context.Get<FeedStore>().ReportAsync(id, cancellationToken) is not { } report)
            return context.Refuse("No feed of this district has that id.");
        await context.Get<DisclosureLog>().ReadRunAsync(Authority.CommandLine, AuditAction.ReadRefusedRows, null, id.Value, cancellationToken);
        await context.SealAuditAsync(cancellationToken);
        using var rows = new MemoryStream();
        await context.Get<RefusedRows>().WriteAsync(report, rows, cancellationToken);
        await context.Output.WriteAsync(Encoding.UTF8.GetString(rows.GetBuffer().AsSpan(0, (int)rows.Length)));
        return ExitCode.Done;
    }
}
