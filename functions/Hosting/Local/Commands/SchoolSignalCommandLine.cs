using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>The command line: machine output on stdout, progress and messages on stderr, an exit code that says how it
/// went.</summary>
internal static class SchoolSignalCommandLine
{
    /// <summary>Runs a command; called by Program and, with writers and a configuration of their own, by tests.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default) =>
        RunAsync(args, output, error, new ConfigurationBuilder().AddEnvironmentVariables().Build(), cancellationToken);

    public static async Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var parsed = Root(configuration).Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var message in parsed.Errors.Select(e => e.Message).Distinct()) await error.WriteLineAsync(message);
            await error.WriteLineAsync($"Help: {PathOf(parsed.CommandResult.Command)} --help");
            return (int)ExitCode.WrongUsage;
        }
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                // Longer than the host's own drain, so that the host ends itself.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(15),
            },
            cancellationToken);
        await output.FlushAsync(CancellationToken.None);
        return code;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        await using var output = new StreamWriter(
            Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16);
        return await RunAsync(args, output, Console.Error);
    }

    private static RootCommand Root(IConfiguration configuration)
    {
        var common = new CommonOptions { Configuration = configuration };
        var root = new RootCommand(
            "SchoolSignal puts attendance and teachers' observations together and lists, with reasons, which pupils a school "
            + "counsellor should look at first. It screens; it never diagnoses. Without a command it serves.");
        common.AddTo(root);
        root.Add(DemoCommand.Create(common));
        root.Add(ServeCommand.Create(common, root));
        root.Add(ImportCommand.Create(common));
        root.Add(InspectCommand.Create(common));
        root.Add(ScreenCommand.Create(common));
        root.Add(ExplainCommand.Create(common));
        root.Add(IndicatorsCommand.Create(common));
        root.Add(ReferralsCommand.Create(common));
        root.Add(RefusedCommand.Create(common));
        root.Add(ExportCommand.Create(common));
        root.Add(AuditCommand.Create(common));
        root.Add(ReportsCommand.Create(common));
        root.Add(EraseCommand.Create(common));
        root.Add(BackupCommand.CreateBackup(common));
        root.Add(BackupCommand.CreateRestore(common));
        root.Add(KeyringCommand.Create(common));
        return root;
    }

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "schoolsignal";
}
