using System.Reflection;
using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Adapters.Telemetry;

/// <summary>Traces, metrics and logs through one registration, to wherever the configuration says. Without a word of it nothing is
/// recorded at all.</summary>
/// <remarks>
/// <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c>: Application Insights. <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>: an OpenTelemetry collector, with
/// the other settings of that name's family. <c>SCHOOLSIGNAL_TELEMETRY=console</c>: standard output. Several at once are several copies.
/// </remarks>
public static class TelemetryServices
{
    private const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Own = "SCHOOLSIGNAL_TELEMETRY";

    private static readonly string[] Meters = [Instruments.Name, "Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime", "Polly"];

    /// <param name="credential">Whom Application Insights lets in, where it takes no keys; null sends with the connection string alone.</param>
    /// <exception cref="InvalidOperationException">SCHOOLSIGNAL_TELEMETRY is something else than "console".</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, TokenCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var insights = configuration[ApplicationInsights] is { Length: > 0 } connection ? connection : null;
        var collector = configuration[Collector] is { Length: > 0 };
        var console = IsConsole(configuration[Own]);
        if (insights is null && !collector && !console) return services;
        return services.AddTelemetry(
            traces =>
            {
                if (insights is not null) traces.AddAzureMonitorTraceExporter(monitor => Set(monitor, insights, credential));
                if (collector) traces.AddOtlpExporter();
                if (console) traces.AddConsoleExporter();
            },
            metrics =>
            {
                if (insights is not null) metrics.AddAzureMonitorMetricExporter(monitor => Set(monitor, insights, credential));
                if (collector) metrics.AddOtlpExporter();
                if (console) metrics.AddConsoleExporter();
            },
            logs =>
            {
                if (insights is not null) logs.AddAzureMonitorLogExporter(monitor => Set(monitor, insights, credential));
                if (collector) logs.AddOtlpExporter();
                // Logs go to the console in any case.
            });
    }

    private static void Set(AzureMonitorExporterOptions monitor, string connection, TokenCredential? credential)
    {
        monitor.ConnectionString = connection;
        monitor.Credential = credential;
    }

    /// <summary>The same to exporters of the caller's.</summary>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services, Action<TracerProviderBuilder> traces, Action<MeterProviderBuilder> metrics, Action<OpenTelemetryLoggerOptions> logs)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("schoolsignal", serviceVersion: Version))
            .WithTracing(tracing =>
            {
                tracing.AddSource(Instruments.Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddProcessor(new LeastData());
                traces(tracing);
            })
            .WithMetrics(metering =>
            {
                metering.AddMeter(Meters);
                metrics(metering);
            });
        services.AddLogging(log => log.AddOpenTelemetry(logging =>
        {
            // A formatted text and its values say the same twice; a scope may hold a path.
            logging.IncludeScopes = false;
            logs(logging);
        }));
        return services;
    }

    private static string Version =>
        typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static bool IsConsole(string? setting) => setting switch
    {
        null or "" or "none" => false,
        "console" => true,
        _ => throw new InvalidOperationException($"{Own} is \"{setting}\". Set it to \"console\", or leave it out."),
    };
}
