using System.CommandLine;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.District;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>export</c>: everything held on one pupil, for a subject access request.</summary>
internal static class ExportCommand
{
    public static Command Create(CommonOptions common)
    {
        var student = ExplainCommand.StudentArgument();
        var command = new Command("export", "Write everything held on a pupil to stdout as JSON (subject access).") { student };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(student)!.Value, cancellationToken)));
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, StudentUniqueId student, CancellationToken cancellationToken)
    {
        if (await context.Get<SubjectAccess>().ReadAsync(Authority.CommandLine, student, cancellationToken) is not { } record)
            return context.Refuse("No pupil of this district has that id.");
        await context.SealAuditAsync(cancellationToken);
        JsonOutput.Document(context.Output, json => SubjectRecordJson.Write(json, record));
        return ExitCode.Done;
    }
}
