using System.CommandLine;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>indicators</c>: the numbers behind screening, one JSON line a pupil.</summary>
internal static class IndicatorsCommand
{
    public static Command Create(CommonOptions common)
    {
        var asOf = CommonOptions.AsOf("The last day whose marks count. Default: the last day with marks.");
        var command = new Command("indicators", "Write every indicator of every pupil on roll to stdout, one JSON object a line.") { asOf };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(asOf), cancellationToken)));
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, DateOnly? asked, CancellationToken cancellationToken)
    {
        if (await AsOfDay.FindAsync(context, asked, cancellationToken) is not { } day) return context.Refuse(AsOfDay.NothingYet);
        var directory = context.Get<StudentDirectory>();
        foreach (var school in day.Schools)
        {
            foreach (var (key, values) in await context.Get<ScreeningRuns>().IndicatorsAsync(school, day.Year, day.Date, cancellationToken))
            {
                if (await directory.IdentifyAsync(key, cancellationToken) is not { } student) continue;
                JsonOutput.OneLine(context.Output, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("studentUniqueId", student.UniqueId.Value);
                    for (var i = 0; i < values.Length; i++) json.Number(IndicatorCatalogue.All[i].Name, values[i]);
                    json.WriteEndObject();
                });
            }
        }
        return ExitCode.Done;
    }
}
