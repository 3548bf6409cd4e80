using System.CommandLine;
using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>inspect</c>: what an import of a file would conclude, without importing it.</summary>
internal static class InspectCommand
{
    public static Command Create(CommonOptions common)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file: attendance, roster, staff, calendar or observations of any format." };
        file.AcceptExistingOnly();
        var profile = new Option<string?>("--profile")
        {
            Description = "How to read an attendance CSV: a shipped profile's name, the district's own, or a profile file. Default: worked out.",
            HelpName = "P",
        };
        var command = new Command("inspect", "Show what the importer would conclude from a file, its first rows, and open questions.") { file, profile };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(file)!, parsed.GetValue(profile), cancellationToken)));
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, FileInfo file, string? profile, CancellationToken cancellationToken)
    {
        var formats = await context.Get<DistrictFormatsStore>().ReadAsync(cancellationToken);
        if (profile is not null && File.Exists(profile))
        {
            // Only looked through: an inspection keeps nothing.
            if (CsvProfile.Load(await File.ReadAllTextAsync(profile, cancellationToken), Path.GetFileName(profile)) is not CsvProfileLoad.Loaded loaded)
                return context.Refuse($"{Path.GetFileName(profile)} is not a profile that loads. Import with it to see what is wrong.");
            formats = formats with { Profiles = formats.Profiles.With([loaded.Profile]) };
            profile = loaded.Profile.Id;
        }
        await using var content = file.OpenRead();
        var format = FileFormats.Detect(content, file.Name);
        var request = new FeedRequest(FeedContent.Attendance, profile, FileName: file.Name);
        if (format == FileFormat.Csv || (profile is not null && format is FileFormat.StudentsCsv or FileFormat.CalendarCsv))
            return InspectTable(context, content, request, formats, cancellationToken);

        var survey = new FileSurvey();
        var (what, import, outcome) = format switch
        {
            FileFormat.EdFiAttendanceXml or FileFormat.EdFiAttendanceJson =>
                ($"Ed-Fi attendance, {Kind(format)}", "attendance", survey.Attendance(content, request, formats, cancellationToken)),
            FileFormat.EdFiCalendarXml or FileFormat.EdFiCalendarJson =>
                ($"an Ed-Fi calendar, {Kind(format)}", "calendar", survey.Calendar(content, cancellationToken)),
            FileFormat.EdFiRosterXml or FileFormat.EdFiRosterJson =>
                ($"Ed-Fi pupils and enrolments, {Kind(format)}", "roster", survey.Roster(content, request, cancellationToken)),
            FileFormat.StudentsCsv => ("pupils and enrolments, CSV", "students", survey.Roster(content, request, cancellationToken)),
            FileFormat.StaffCsv => ("a staff list, CSV", "staff", survey.Staff(content, cancellationToken)),
            FileFormat.OneRosterZip => ("a OneRoster bundle", "roster", survey.Roster(content, request, cancellationToken)),
            FileFormat.CalendarCsv => ("a calendar, CSV", "calendar", survey.Calendar(content, cancellationToken)),
            FileFormat.ICalendar => ("a calendar, iCalendar", "calendar", survey.Calendar(content, cancellationToken)),
            FileFormat.ObservationLines => ("observation forms, JSON lines", "observations",
                await survey.ObservationsAsync(content, await context.Get<DistrictToday>().DateAsync(cancellationToken), cancellationToken)),
            FileFormat.Zip => ("a zip file", "roster", survey.Roster(content, request, cancellationToken)),
            FileFormat.Xml or FileFormat.Json => ("", "", new ReadOutcome.Refused($"This is {format.ToString().ToUpperInvariant()}, but nothing in it is a record that is read here.")),
            FileFormat.Empty => ("", "", new ReadOutcome.Refused("The file is empty.")),
            _ => ("", "", new ReadOutcome.Refused("This is no text in an encoding that is read here, and no format that is known.")),
        };
        if (outcome is ReadOutcome.Refused refused) return context.Refuse(refused.Why);
        WriteSurvey(context.Output, what, import, (ReadOutcome.Read)outcome, survey);
        return ExitCode.Done;
    }

    private static string Kind(FileFormat format) => format.ToString().EndsWith("Xml", StringComparison.Ordinal) ? "XML" : "JSON";

    private static void WriteSurvey(TextWriter output, string what, string import, ReadOutcome.Read read, FileSurvey survey)
    {
        output.WriteLine($"{"this is",-22}{what}");
        output.WriteLine($"{"import it with",-22}import {import}");
        output.WriteLine($"{"records read",-22}{read.Rows.ToString("N0", CultureInfo.InvariantCulture)}");
        if (read.Kind is { } kind) output.WriteLine($"{"kind",-22}{JsonOutput.Camel(kind)}");
        survey.WriteTo(output);
        foreach (var concluded in read.Concluded) output.WriteLine($"concluded: {concluded}");
        foreach (var question in read.Warnings) output.WriteLine($"open: {question}");
    }

    private static ExitCode InspectTable(
        CommandContext context, FileStream content, FeedRequest request, DistrictFormats formats, CancellationToken cancellationToken)
    {
        if (AttendanceFileReader.OptionsOf(request, formats, null, out var why) is not { } options) return context.Refuse(why);
        switch (CsvAttendanceReader.Inspect(content, options, cancellationToken))
        {
            case CsvInspection.Refused refused:
                foreach (var fits in refused.ProfilesThatFit) context.Messages.Say($"It could be read with --profile {fits}.");
                return context.Refuse(refused.Why);
            case CsvInspection.Understood understood:
                WriteTable(context.Output, understood);
                content.Position = 0;
                var survey = new FileSurvey();
                survey.Attendance(content, request, formats, cancellationToken);
                survey.WriteTo(context.Output);
                foreach (var row in understood.FirstRows) context.Output.WriteLine(Describe(row));
                return ExitCode.Done;
            default:
                throw new InvalidOperationException("An unknown outcome of inspecting a file.");
        }
    }

    private static void WriteTable(TextWriter output, CsvInspection.Understood understood)
    {
        output.WriteLine($"{"this is",-22}attendance, CSV");
        output.WriteLine($"{"import it with",-22}import attendance");
        output.WriteLine($"{"profile",-22}{understood.ProfileId}");
        output.WriteLine($"{"kind",-22}{(understood.Kind is { } kind ? JsonOutput.Camel(kind) : "to be said with --kind")}");
        output.WriteLine($"{"code set",-22}{understood.CodeSetId ?? "none: the file holds counts"}");
        foreach (var concluded in understood.Concluded) output.WriteLine($"concluded: {concluded}");
        foreach (var question in understood.OpenQuestions) output.WriteLine($"open: {question}");
    }

    private static string Describe(InspectedRow row) => row switch
    {
        InspectedRow.Taken taken => string.Create(
            CultureInfo.InvariantCulture,
            $"row {taken.RowNumber}: {taken.StudentUniqueId} {taken.SchoolId} {taken.Date:yyyy-MM-dd} {taken.Session} {taken.Mark}"),
        InspectedRow.NotTaken refused => $"row {refused.RowNumber}: refused, {JsonOutput.Camel(refused.Row.Reason)} ({refused.Row.Field})",
        _ => throw new InvalidOperationException("An unknown kind of row."),
    };
}
