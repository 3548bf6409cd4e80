using System.CommandLine;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>explain</c>: one pupil's indicators and rules, with the days behind them.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommonOptions common)
    {
        var student = StudentArgument();
        var asOf = CommonOptions.AsOf("The last day whose marks count. Default: the last day with marks.");
        var json = CommonOptions.Json("Write it to stdout as one JSON document.");
        var command = new Command("explain", "Show one pupil's indicators, and for each rule whether it fired and why.") { student, asOf, json };
        command.SetAction(CommandContext.Action(common, (context, _, _) => Task.FromResult(context.Refuse("Explaining is not ready yet."))));
        return command;
    }

    public static Argument<StudentUniqueId?> StudentArgument() => new("STUDENT_UNIQUE_ID")
    {
        Description = "The pupil's id as the district's files name it.",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            if (StudentUniqueId.TryParse(result.Tokens[0].Value, out var id)) return id;
            result.AddError("STUDENT_UNIQUE_ID is 1 to 60 characters without control characters.");
            return null;
        },
    };
}
