using Microsoft.Extensions.Logging;

namespace SchoolSignal.Functions.Hosting;

/// <summary>What of the frameworks' own logs neither host writes down.</summary>
internal static class QuietLog
{
    /// <summary>The frameworks log requests with path and query, their own and those they send: to the tenant, to Graph, to storage.</summary>
    public static ILoggingBuilder WithoutAddresses(this ILoggingBuilder log) =>
        log.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
}
