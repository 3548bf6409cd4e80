using System.CommandLine;
using System.Globalization;
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
        if (json) WriteJson(context.Output, student, explanation);
        else WriteText(context.Output, student, explanation);
        return ExitCode.Done;
    }

    private static void WriteText(TextWriter output, StudentUniqueId student, Explanation explanation)
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
        foreach (var rule in explanation.Rules) output.WriteLine($"{(rule.Fired ? "fired" : "     ")}  {rule.RuleId,-36} {rule.Why}");
    }

    private static void WriteJson(TextWriter output, StudentUniqueId student, Explanation explanation) => JsonOutput.Document(output, json =>
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
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
