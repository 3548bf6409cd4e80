using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>The log of the host and of every command: on stderr, because stdout is for machine output.</summary>
internal static class LocalLog
{
    public static void Configure(ILoggingBuilder log, LogLevel least)
    {
        log.AddSimpleConsole(console => console.SingleLine = true);
        log.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        log.SetMinimumLevel(least);
        log.WithoutAddresses();
    }
}
