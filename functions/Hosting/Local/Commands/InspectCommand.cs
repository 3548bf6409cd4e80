using System.CommandLine;
using System.Globalization;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>inspect</c>: what an import of an attendance CSV would conclude, without importing it.</summary>
internal static class InspectCommand
{
    public static Command Create(CommonOptions common)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file." };
        file.AcceptExistingOnly();
        var command = new Command("inspect", "Show what the importer would conclude from a file, its first rows, and open questions.") { file };
        command.SetAction(CommandContext.Action(common, async (context, parsed, cancellationToken) =>
        {
            await using var content = parsed.GetValue(file)!.OpenRead();
            return Write(context, CsvAttendanceReader.Inspect(content, new CsvReadOptions(), cancellationToken));
        }));
        return command;
    }

    private static ExitCode Write(CommandContext context, CsvInspection inspection)
    {
        switch (inspection)
        {
            case CsvInspection.Refused refused:
                foreach (var profile in refused.ProfilesThatFit) context.Messages.Say($"It could be read with --profile {profile}.");
                return context.Refuse(refused.Why);
            case CsvInspection.Understood understood:
                context.Output.WriteLine($"profile   {understood.ProfileId}");
                context.Output.WriteLine($"kind      {(understood.Kind is { } kind ? JsonOutput.Camel(kind) : "to be said with --kind")}");
                context.Output.WriteLine($"code set  {understood.CodeSetId ?? "none: the file holds counts"}");
                foreach (var concluded in understood.Concluded) context.Output.WriteLine($"concluded: {concluded}");
                foreach (var question in understood.OpenQuestions) context.Output.WriteLine($"open: {question}");
                foreach (var row in understood.FirstRows) context.Output.WriteLine(Describe(row));
                return ExitCode.Done;
            default:
                throw new InvalidOperationException("An unknown outcome of inspecting a file.");
        }
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
