using System.CommandLine;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>screen</c>: every pupil on roll, as of a day.</summary>
internal static class ScreenCommand
{
    public static Command Create(CommonOptions common)
    {
        var asOf = CommonOptions.AsOf("The last day whose marks count. Default: the last day with marks.");
        var json = CommonOptions.Json("Write every pupil's result to stdout as one JSON document.");
        var command = new Command("screen", "Screen every pupil on roll, and say how many are at which level.") { asOf, json };
        command.SetAction(CommandContext.Action(common, (context, _, _) => Task.FromResult(context.Refuse("Screening is not ready yet."))));
        return command;
    }
}
