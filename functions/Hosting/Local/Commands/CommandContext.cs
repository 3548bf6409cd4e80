using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>What a command works with: the data folder's services, its writers, and a way to say how it ended.</summary>
internal sealed class CommandContext : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private CommandContext(LocalOptions options, ServiceProvider services, TextWriter output, Messages messages, bool verbose)
    {
        Options = options;
        this.services = services;
        Output = output;
        Messages = messages;
        Verbose = verbose;
    }

    public LocalOptions Options { get; }

    public IServiceProvider Services => services;

    /// <summary>stdout: what a machine reads, nothing else.</summary>
    public TextWriter Output { get; }

    /// <summary>stderr: what a person reads.</summary>
    public Messages Messages { get; }

    public bool Verbose { get; }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Seals what the command has put into the audit: no timer runs beside it.</summary>
    public Task SealAuditAsync(CancellationToken cancellationToken) => Get<AuditSeals>().SealAsync(cancellationToken);

    /// <summary>Refuses as a whole: says why, in a sentence or two that say what to do.</summary>
    public ExitCode Refuse(string why)
    {
        Messages.Say(why);
        return ExitCode.Refused;
    }

    /// <summary>The action of a command: opens the data folder, runs, and turns what went wrong into words.</summary>
    public static Func<ParseResult, CancellationToken, Task<int>> Action(
        CommonOptions common, Func<CommandContext, ParseResult, CancellationToken, Task<ExitCode>> run,
        Opening? opening = null) =>
        async (parsed, cancellationToken) =>
        {
            var writers = parsed.InvocationConfiguration;
            var messages = new Messages(writers.Error);
            var verbose = parsed.GetValue(common.Verbose);
            try
            {
                await using var context = Open(parsed, common, opening ?? new Opening(CommonOptions.DefaultData), messages);
                if (await DistrictConfigOption.ApplyAsync(context, parsed.GetValue(common.DistrictConfig), cancellationToken) is { } wrong)
                    return (int)context.Refuse(wrong);
                return (int)await run(context, parsed, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                messages.Say("Stopped.");
                return (int)ExitCode.Stopped;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The system's own words on a file or folder: they name a path, never a pupil.
                messages.Say(exception.Message);
                if (verbose) messages.Say(exception.ToString());
                return (int)ExitCode.Refused;
            }
            catch (Exception exception) when (!verbose)
            {
                messages.Say($"Something went wrong ({exception.GetType().Name}). Run it again with --verbose to see where.");
                return (int)ExitCode.Refused;
            }
        };

    private static CommandContext Open(ParseResult parsed, CommonOptions common, Opening opening, Messages messages)
    {
        var verbose = parsed.GetValue(common.Verbose);
        var options = new LocalOptions(
            Path.GetFullPath(parsed.GetValue(common.Data) ?? opening.DefaultData),
            parsed.GetValue(common.District) ?? DistrictId.Parse(CommonOptions.DefaultDistrict))
        {
            SurvivesPowerCut = opening.SurvivesPowerCut,
            KeepsMailHere = opening.KeepsMailHere,
            Configuration = common.Configuration,
        };

        var services = new ServiceCollection();
        services.AddSingleton(common.Configuration);
        if (opening.Clock?.Invoke(parsed) is { } clock) services.AddSingleton(clock);
        services.AddLogging(log => LocalLog.Configure(log, verbose ? LogLevel.Information : LogLevel.Warning));
        LocalServices.Add(services, options);
        return new CommandContext(options, services.BuildServiceProvider(), parsed.InvocationConfiguration.Output, messages, verbose);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}

/// <summary>How a command opens its data folder, where not as usual.</summary>
/// <param name="DefaultData">The folder without --data.</param>
internal sealed record Opening(string DefaultData)
{
    public bool SurvivesPowerCut { get; init; } = true;

    /// <summary>The people in it are made up: nothing is sent to them.</summary>
    public bool KeepsMailHere { get; init; }

    /// <summary>A clock of the command's own; null is the system's.</summary>
    public Func<ParseResult, TimeProvider>? Clock { get; init; }
}
