using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>serve</c>, and what runs without a command: the app until it is stopped.</summary>
internal static class ServeCommand
{
    public static Command Create(CommonOptions common, RootCommand root)
    {
        var port = PortOption();
        var command = new Command("serve", "Serve pages and API on this machine, and work the queues and timers, until stopped (default).") { port };
        var action = CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(port) ?? LocalOptions.DefaultPort, cancellationToken));
        command.SetAction(action);
        root.Add(port);
        root.SetAction(action);
        return command;
    }

    public static Option<int?> PortOption() => CommonOptions.Number(
        "--port", $"Port on 127.0.0.1; 0 takes a free one. Default: {LocalOptions.DefaultPort}", 0, 65535);

    /// <summary>Serves until cancelled, then drains.</summary>
    public static async Task<ExitCode> RunAsync(
        CommandContext context, int port, CancellationToken cancellationToken, Action<IServiceCollection>? configure = null)
    {
        using var host = LocalHost.Build(context.Options with { Port = port }, configure: configure);
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OptionsValidationException exception)
        {
            return context.Refuse($"The settings are not complete. {string.Join(' ', exception.Failures)}");
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return context.Refuse($"Port {port} is taken, perhaps by another serve. Name another with --port.");
        }
        var address = LocalHost.AddressOf(host);
        context.Messages.Say($"SchoolSignal serves at http://localhost:{address.Port} (data: {context.Options.DataFolder}). Ctrl-C stops it.");
        context.Messages.Say(context.Options.SendsThroughGraph
            ? "Alerts go out through Microsoft 365."
            : $"Alerts go nowhere from here: they land at http://localhost:{address.Port}{MailboxPages.Path}.");
        await host.WaitForShutdownAsync(cancellationToken);
        context.Messages.Say("Stopped.");
        return ExitCode.Done;
    }
}
