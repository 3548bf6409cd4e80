using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;

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

        if (day.Schools.Count == 0)
            context.Messages.Say(string.Create(CultureInfo.InvariantCulture, $"No attendance has been taken in of the school year {day.Year.Label}."));

        var version = (await context.Get<RuleSets>().OfAsync(settings, cancellationToken)).Version;
        var counts = new ScreeningCounts();
        using var document = json ? new JsonStream(context.Output) : null;
        if (document is not null) Begin(document.Json, day, version);
        await context.Messages.WatchAsync("Screening", async progress =>
        {
            for (var i = 0; i < day.Schools.Count; i++)
            {
                var school = await context.Get<ScreeningRuns>().ScreenSchoolAsync(
                    day.Schools[i], day.Year, day.Date, save: day.IsLatest, cancellationToken);
                foreach (var result in school.Results) counts.Add(result);
                // Written school by school: a district's results with their days are never in memory at once.
                if (document is not null) await WriteAsync(context, document, school, cancellationToken);
                progress.Report(new WorkDone(i + 1, day.Schools.Count, "schools"));
            }
            return day.Schools.Count;
        });
        await context.Get<QueuePump>().RunUntilAsync(_ => ValueTask.FromResult(false), cancellationToken);
        await context.SealAuditAsync(cancellationToken);
        if (document is null)
        {
            counts.WriteTo(context.Output, day);
            return ExitCode.Done;
        }
        document.Json.WriteEndArray();
        document.Json.WriteEndObject();
        document.End();
        return ExitCode.Done;
    }

    private static void Begin(Utf8JsonWriter json, AsOfDay day, string ruleSetVersion)
    {
        json.WriteStartObject();
        json.Text("asOf", day.Date);
        json.WriteString("ruleSetVersion", ruleSetVersion);
        json.WriteStartArray("students");
    }

    private static async Task WriteAsync(CommandContext context, JsonStream document, SchoolScreening school, CancellationToken cancellationToken)
    {
        if (school.Results.Count == 0) return;
        await context.Get<DisclosureLog>().ReadRunAsync(Authority.CommandLine, AuditAction.ReadScreening, school.School, null, cancellationToken);
        var ids = await PupilIds.OfAsync(context, school.School, school.Year, cancellationToken);
        var named = school.Results.Where(r => ids.ContainsKey(r.Student)).OrderBy(r => ids[r.Student], StringComparer.Ordinal);
        foreach (var result in named) Write(document.Json, ids[result.Student], result);
        document.Flush();
    }

    private static void Write(Utf8JsonWriter json, string student, ScreeningResult result)
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

    /// <summary>How many pupils are at which level, or not screened and why.</summary>
    private sealed class ScreeningCounts
    {
        private readonly SortedDictionary<Level, int> levels = [];
        private readonly SortedDictionary<NotScreenedReason, int> notScreened = [];
        private int all;

        public void Add(ScreeningResult result)
        {
            all++;
            if (result.NotScreenedBecause is { } reason) notScreened[reason] = notScreened.GetValueOrDefault(reason) + 1;
            else levels[result.Level] = levels.GetValueOrDefault(result.Level) + 1;
        }

        public void WriteTo(TextWriter output, AsOfDay day)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"As of {day.Date:yyyy-MM-dd}: {all} pupils on roll in {day.Schools.Count} schools."));
            foreach (var level in new[] { Level.High, Level.Raised, Level.Watch, Level.None })
                output.WriteLine($"{level,-8}{levels.GetValueOrDefault(level),8}");
            foreach (var (reason, count) in notScreened) output.WriteLine($"{JsonOutput.Camel(reason)}: {count}");
        }
    }
}
