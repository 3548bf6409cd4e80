using System.CommandLine;
using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>screen</c>: every pupil on roll, as of a day. As of the last day with marks it keeps results and referrals; a
/// look at an earlier day keeps nothing.</summary>
internal static class ScreenCommand
{
    private const string NoLegalBasis =
        "Nobody is screened without a legal basis. Set one with --district-config FILE, for example "
        + """{ "legalBasis": { "kind": "noticeAndOptOut", "text": "board decision 14 of 2025-08-01" } }""";

    public static Command Create(CommonOptions common)
    {
        var asOf = CommonOptions.AsOf("The last day whose marks count. Default: the last day with marks.");
        var json = CommonOptions.Json("Write every pupil's result to stdout as one JSON document.");
        var command = new Command("screen", "Screen every pupil on roll, and say how many are at which level.") { asOf, json };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(asOf), parsed.GetValue(json), cancellationToken)));
        return command;
    }

    public static async Task<ExitCode> RunAsync(CommandContext context, DateOnly? asked, bool json, CancellationToken cancellationToken)
    {
        var settings = (await context.Get<DistrictSettingsStore>().ReadAsync(cancellationToken)).Settings;
        if (settings.LegalBasis is null) return context.Refuse(NoLegalBasis);
        if (await AsOfDay.FindAsync(context, asked, cancellationToken) is not { } day) return context.Refuse(AsOfDay.NothingYet);

        var screened = await context.Messages.WatchAsync("Screening", async progress =>
        {
            var results = new List<ScreeningResult>();
            for (var i = 0; i < day.Schools.Count; i++)
            {
                results.AddRange((await context.Get<ScreeningRuns>().ScreenSchoolAsync(
                    day.Schools[i], day.Year, day.Date, save: day.IsLatest, cancellationToken)).Results);
                progress.Report(new WorkDone(i + 1, day.Schools.Count, "schools"));
            }
            return results;
        });
        await context.Get<QueuePump>().RunUntilAsync(_ => ValueTask.FromResult(false), cancellationToken);
        if (json) await WriteJsonAsync(context, settings, day, screened, cancellationToken);
        else WriteCounts(context.Output, day, screened);
        return ExitCode.Done;
    }

    private static void WriteCounts(TextWriter output, AsOfDay day, List<ScreeningResult> results)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"As of {day.Date:yyyy-MM-dd}: {results.Count} pupils on roll in {day.Schools.Count} schools."));
        foreach (var level in Enum.GetValues<Level>().Reverse())
            output.WriteLine($"{level,-8}{results.Count(r => r.Level == level && r.NotScreenedBecause is null),8}");
        foreach (var reason in results.Where(r => r.NotScreenedBecause is not null).GroupBy(r => r.NotScreenedBecause!.Value).OrderBy(g => g.Key))
            output.WriteLine($"{JsonOutput.Camel(reason.Key)}: {reason.Count()}");
    }

    private static async Task WriteJsonAsync(
        CommandContext context, DistrictSettings settings, AsOfDay day, List<ScreeningResult> results, CancellationToken cancellationToken)
    {
        var directory = context.Get<StudentDirectory>();
        var named = new List<(string Student, ScreeningResult Result)>(results.Count);
        foreach (var result in results)
            if (await directory.IdentifyAsync(result.Student, cancellationToken) is { } student) named.Add((student.UniqueId.Value, result));
        named.Sort((left, right) => string.CompareOrdinal(left.Student, right.Student));
        var version = (await context.Get<RuleSets>().OfAsync(settings, cancellationToken)).Version;
        JsonOutput.Document(context.Output, json =>
        {
            json.WriteStartObject();
            json.Text("asOf", day.Date);
            json.WriteString("ruleSetVersion", version);
            json.WriteStartArray("students");
            foreach (var (student, result) in named)
            {
                json.WriteStartObject();
                json.WriteString("studentUniqueId", student);
                json.WriteString("schoolId", result.School.Value);
                json.WriteString("level", result.Level.ToString());
                json.WriteString("notScreenedBecause", result.NotScreenedBecause is { } because ? JsonOutput.Camel(because) : null);
                json.Triggers("triggers", result.Triggers);
                json.Triggers("protective", result.Protective);
                json.WriteNumber("completeness", result.Completeness);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
