using System.CommandLine;
using System.Globalization;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
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
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(student)!.Value, parsed.GetValue(asOf), parsed.GetValue(json), cancellationToken)));
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

    private static async Task<ExitCode> RunAsync(
        CommandContext context, StudentUniqueId student, DateOnly? asked, bool json, CancellationToken cancellationToken)
    {
        if (await context.Get<StudentDirectory>().FindAsync(student, cancellationToken) is not { } key)
            return context.Refuse("No pupil of this district has that id.");
        if (await AsOfDay.FindAsync(context, asked, cancellationToken) is not { } day) return context.Refuse(AsOfDay.NothingYet);
        if (await context.Get<ScreeningRuns>().ExplainAsync(key, day.Date, cancellationToken) is not { } explanation)
            return context.Refuse("The pupil is on no roll in the school year of that day.");
        var feeds = await FeedsAsync(context, explanation, day.Year, cancellationToken);
        await context.Get<DisclosureLog>().ReadAsync(Authority.CommandLine, AuditAction.ReadScreening, key, explanation.School, null, cancellationToken);
        await context.SealAuditAsync(cancellationToken);
        if (json) WriteJson(context.Output, student, explanation, feeds);
        else WriteText(context.Output, student, explanation, feeds);
        return ExitCode.Done;
    }

    /// <summary>By rule that fired: the feeds that set the marks its days stand on. Days read from forms have none.</summary>
    private static async Task<Dictionary<string, IReadOnlyList<FeedDates>>> FeedsAsync(
        CommandContext context, Explanation explanation, SchoolYear year, CancellationToken cancellationToken)
    {
        var feeds = new Dictionary<string, IReadOnlyList<FeedDates>>();
        var fired = explanation.Rules.Where(r => r.Fired && r.Evidence != RuleEvidenceSource.Observations).ToList();
        if (fired.Count == 0) return feeds;
        var profile = await context.Get<Enrollments>().FindAsync(explanation.Student, cancellationToken) ?? StudentProfile.Empty;
        var years = new List<PupilYear>();
        foreach (var school in profile.Enrollments.Select(e => e.School).Append(explanation.School).Distinct())
            if (await context.Get<PupilMarks>().ReadAsync(school, year, explanation.Student, cancellationToken) is { } held) years.Add(held);
        foreach (var rule in fired)
            feeds[rule.RuleId] = PupilMarks.FeedsOf(years, [.. rule.Dates], bySection: rule.Evidence == RuleEvidenceSource.SectionEvents);
        return feeds;
    }

    private static void WriteText(
        TextWriter output, StudentUniqueId student, Explanation explanation, Dictionary<string, IReadOnlyList<FeedDates>> feeds)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{student} at {explanation.School}, as of {explanation.AsOf:yyyy-MM-dd}"));
        if (explanation.NotScreenedBecause is { } because) output.WriteLine($"Not screened: {JsonOutput.Camel(because)}");
        output.WriteLine();
        foreach (var reading in explanation.Indicators)
        {
            var value = reading.Value is { } known ? known.ToString("0.####", CultureInfo.InvariantCulture) : "undefined";
            var of = reading.Denominator is { } denominator ? $" ({reading.Numerator} of {denominator})" : "";
            output.WriteLine($"{reading.Name,-36} {value}{of}");
        }
        output.WriteLine();
        foreach (var rule in explanation.Rules)
        {
            output.WriteLine($"{(rule.Fired ? "fired" : "     ")}  {rule.RuleId,-36} {rule.Why}");
            foreach (var (feed, dates) in feeds.GetValueOrDefault(rule.RuleId) ?? [])
                output.WriteLine($"{"",-44}feed {feed}: {string.Join(", ", dates.Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))}");
        }
    }

    private static void WriteJson(
        TextWriter output, StudentUniqueId student, Explanation explanation, Dictionary<string, IReadOnlyList<FeedDates>> feeds) => JsonOutput.Document(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("studentUniqueId", student.Value);
        json.Text("asOf", explanation.AsOf);
        json.WriteStartObject("indicators");
        foreach (var reading in explanation.Indicators)
        {
            json.WriteStartObject(reading.Name);
            json.Number("value", reading.Value);
            json.Number("numerator", reading.Numerator);
            json.Number("denominator", reading.Denominator);
            json.Text("from", reading.From);
            json.Text("to", reading.To);
            json.Dates(reading.Dates);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartArray("rules");
        foreach (var rule in explanation.Rules)
        {
            json.WriteStartObject();
            json.WriteString("ruleId", rule.RuleId);
            json.WriteBoolean("fired", rule.Fired);
            json.Number("observed", rule.Observed);
            json.WriteNumber("threshold", rule.Threshold);
            json.WriteString("why", rule.Why);
            json.Dates(rule.Dates);
            json.WriteStartArray("feeds");
            foreach (var (feed, dates) in feeds.GetValueOrDefault(rule.RuleId) ?? [])
            {
                json.WriteStartObject();
                json.WriteString("feedId", feed.Value);
                json.Dates(dates);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("schoolId", explanation.School.Value);
        json.WriteString("notScreenedBecause", explanation.NotScreenedBecause is { } because ? JsonOutput.Camel(because) : null);
        json.WriteEndObject();
    });
}
