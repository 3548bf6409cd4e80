using System.CommandLine;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>indicators</c>: the numbers behind screening, one JSON line a pupil.</summary>
internal static class IndicatorsCommand
{
    public static Command Create(CommonOptions common)
    {
        var asOf = CommonOptions.AsOf("The last day whose marks count. Default: the last day with marks.");
        var command = new Command("indicators", "Write every indicator of every pupil on roll to stdout, one JSON object a line.") { asOf };
        command.SetAction(CommandContext.Action(common, (context, _, _) => Task.FromResult(context.Refuse("Indicators are not ready yet."))));
        return command;
    }
}
