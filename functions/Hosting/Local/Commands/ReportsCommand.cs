using System.CommandLine;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>reports</c>: tables that give nobody away, and their certificates.</summary>
internal static class ReportsCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("reports", "Tables that give nobody away, and the certificates that prove it.");
        command.Add(ReportsProtect.Create(common));
        command.Add(ReportsVerify.Create(common));
        return command;
    }
}
