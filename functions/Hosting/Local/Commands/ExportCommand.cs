using System.CommandLine;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>export</c>: everything held on one pupil, for a subject access request.</summary>
internal static class ExportCommand
{
    public static Command Create(CommonOptions common)
    {
        var student = ExplainCommand.StudentArgument();
        var command = new Command("export", "Write everything held on a pupil to stdout as JSON (subject access).") { student };
        command.SetAction(CommandContext.Action(common, (context, _, _) => Task.FromResult(context.Refuse("Export is not ready yet."))));
        return command;
    }
}
