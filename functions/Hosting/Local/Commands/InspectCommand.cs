using System.CommandLine;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>inspect</c>: what an import would conclude from a file, without importing it.</summary>
internal static class InspectCommand
{
    public static Command Create(CommonOptions common)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file." };
        file.AcceptExistingOnly();
        var command = new Command("inspect", "Show what the importer would conclude from a file, its first rows, and open questions.") { file };
        command.SetAction(CommandContext.Action(common, (context, _, _) => Task.FromResult(context.Refuse("Inspecting is not ready yet."))));
        return command;
    }
}
