using System.CommandLine;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>indicators</c>: the numbers behind screening, one JSON line a pupil.</summary>
internal static class IndicatorsCommand
{
    public static Command Create(CommonOptions common)
    {
        var asOf = CommonOptions.AsOf("The last day whose marks count. Default: the last day with marks.");
        var command = new Command(
            "indicators", "Write every indicator of every pupil on roll, those opted out excepted, to stdout, one JSON object a line.") { asOf };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(asOf), cancellationToken)));
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, DateOnly? asked, CancellationToken cancellationToken)
    {
        if (await AsOfDay.FindAsync(context, asked, cancellationToken) is not { } day) return context.Refuse(AsOfDay.NothingYet);
        foreach (var school in day.Schools)
        {
            var pupils = await context.Get<ScreeningRuns>().IndicatorsAsync(school, day.Year, day.Date, cancellationToken);
            if (pupils.Count == 0) continue;
            await context.Get<DisclosureLog>().ReadRunAsync(Authority.CommandLine, AuditAction.ReadScreening, school, null, cancellationToken);
            var ids = await PupilIds.OfAsync(context, school, day.Year, cancellationToken);
            foreach (var (key, values) in pupils)
            {
                if (!ids.TryGetValue(key, out var id)) continue;
                JsonOutput.OneLine(context.Output, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("studentUniqueId", id);
                    for (var i = 0; i < values.Length; i++) json.Number(IndicatorCatalogue.All[i].Name, values[i]);
                    json.WriteEndObject();
                });
            }
        }
        await context.SealAuditAsync(cancellationToken);
        return ExitCode.Done;
    }
}
