using System.CommandLine;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>refused</c>: the rows of a feed that were not taken, to mend and send again.</summary>
internal static class RefusedCommand
{
    public static Command Create(CommonOptions common)
    {
        var feed = new Argument<string>("FEED_ID") { Description = "The feed's id, as the import reported it." };
        var command = new Command("refused", "Write a feed's refused rows to stdout as CSV, to mend and import again.") { feed };
        command.SetAction(CommandContext.Action(common, (context, _, _) => Task.FromResult(context.Refuse("Refused rows are not ready yet."))));
        return command;
    }
}
