using System.CommandLine;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>referrals</c>: the worklist.</summary>
internal static class ReferralsCommand
{
    public static Command Create(CommonOptions common)
    {
        var school = new Option<SchoolId?>("--school")
        {
            Description = "Only this school. Default: all.",
            HelpName = "ID",
            CustomParser = result =>
            {
                if (SchoolId.TryParse(result.Tokens[0].Value, out var id)) return id;
                result.AddError("--school takes 1 to 60 characters without control characters.");
                return null;
            },
        };
        var json = CommonOptions.Json("Write it to stdout as one JSON document.");
        var command = new Command("referrals", "Show the worklist, highest priority first, with reasons.") { school, json };
        command.SetAction(CommandContext.Action(common, (context, _, _) => Task.FromResult(context.Refuse("The worklist is not ready yet."))));
        return command;
    }
}
