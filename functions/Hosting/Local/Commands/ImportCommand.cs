using System.CommandLine;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>import</c>: one kind of file into the district, with a report.</summary>
internal static class ImportCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("import", "Import a file and report what was applied, and what was refused and why.");
        command.Add(Kind(common, "calendar", FeedContent.Calendar, "School days: CSV, Ed-Fi XML or JSON, or iCalendar."));
        command.Add(Roster(common));
        command.Add(Kind(common, "students", FeedContent.Roster, "Pupils and enrolments from one CSV."));
        command.Add(Kind(common, "staff", FeedContent.Staff, "Staff from one CSV: roles, schools, classes, caseloads, safeguarding leads and deputies."));
        command.Add(Attendance(common));
        command.Add(Kind(common, "observations", FeedContent.Observations, "Teachers' observation forms, one JSON object a line."));
        return command;
    }

    private static Command Kind(CommonOptions common, string name, FeedContent content, string description)
    {
        var file = FileArgument();
        var profile = ProfileOption();
        var json = CommonOptions.Json("Write the report to stdout as JSON.");
        var command = new Command(name, description) { file, profile, json };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) => ImportRun.RunAsync(
            context, parsed.GetValue(file)!, new FeedRequest(content, parsed.GetValue(profile)), parsed.GetValue(json), cancellationToken)));
        return command;
    }

    /// <summary>From a file, or from the organisation's directory.</summary>
    private static Command Roster(CommonOptions common)
    {
        var file = FileArgument();
        file.Arity = ArgumentArity.ZeroOrOne;
        var profile = ProfileOption();
        var json = CommonOptions.Json("Write the report to stdout as JSON.");
        var from = new Option<string>("--from")
        {
            Description = "graph: fetch schools, pupils, teachers and classes from Microsoft Graph's education API, as the settings under Graph say.",
        };
        from.AcceptOnlyFromAmong("graph");
        var command = new Command("roster", "Pupils and enrolments: a OneRoster 1.1 or 1.2 bundle (zip or folder), Ed-Fi, or Microsoft Graph.") { file, from, profile, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is null == (result.GetValue(from) is null)) result.AddError("Name a file, or say --from graph.");
        });
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) => parsed.GetValue(file) is { } named
            ? ImportRun.RunAsync(context, named, new FeedRequest(FeedContent.Roster, parsed.GetValue(profile)), parsed.GetValue(json), cancellationToken)
            : DirectoryImport.RunAsync(context, parsed.GetValue(json), cancellationToken)));
        return command;
    }

    private static Command Attendance(CommonOptions common)
    {
        var file = FileArgument();
        var profile = ProfileOption();
        var json = CommonOptions.Json("Write the report to stdout as JSON.");
        var kind = new Option<string>("--kind")
        {
            Description = "What the file states. register: every pupil. exceptions: absences only, everyone else was present. "
                + "snapshot: a register that replaces what it covers. Default: what the profile says, or what the file shows.",
        };
        kind.AcceptOnlyFromAmong("register", "exceptions", "snapshot");
        var covers = new Option<Coverage?>("--covers")
        {
            Description = "First and last day the file speaks for, if it does not show them itself.",
            HelpName = "FROM..TO",
            CustomParser = CommonOptions.ParseCoverage,
        };
        var withoutRoster = new Option<bool>("--without-roster")
        {
            Description = "Enrol every pupil the file names, in the school it names, for the days it covers.",
        };
        var command = new Command("attendance", "Attendance: CSV through a profile, Ed-Fi XML, or Ed-Fi API JSON.")
        {
            file, profile, kind, covers, withoutRoster, json,
        };
        command.SetAction(CommandContext.Action(common, async (context, parsed, cancellationToken) =>
        {
            var (named, wrong) = await ProfileFile.TakeInAsync(context, parsed.GetValue(profile), cancellationToken);
            if (wrong is not null) return context.Refuse(wrong);
            return await ImportRun.RunAsync(
                context, parsed.GetValue(file)!,
                new FeedRequest(
                    FeedContent.Attendance, named,
                    parsed.GetValue(kind) is { } stated ? Enum.Parse<FeedKind>(stated, ignoreCase: true) : null,
                    parsed.GetValue(covers), WithoutRoster: parsed.GetValue(withoutRoster)),
                parsed.GetValue(json), cancellationToken);
        }));
        return command;
    }

    /// <summary>A file, or a folder as an unpacked bundle; it must be there.</summary>
    private static Argument<FileSystemInfo> FileArgument()
    {
        var file = new Argument<FileSystemInfo>("FILE") { Description = "The file, or an unpacked bundle's folder." };
        file.AcceptExistingOnly();
        return file;
    }

    private static Option<string?> ProfileOption() => new("--profile")
    {
        Description = "How to read the file: a shipped profile's name or a profile file. Default: worked out from the file, and said.",
        HelpName = "P",
    };
}
