using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using SchoolSignal.Adapters.Telemetry;
using SchoolSignal.Functions.Tests.Observations;

namespace SchoolSignal.Functions.Tests.Telemetry;

/// <summary>What the app's own registration sends out, kept in memory.</summary>
internal sealed class RecordedTelemetry
{
    private readonly List<Activity> activities = [];
    private readonly List<LogRecord> logs = [];

    public List<Metric> Metrics { get; } = [];

    public void Register(IServiceCollection services) => services.AddTelemetry(
        traces => traces.AddInMemoryExporter(activities), metering => metering.AddInMemoryExporter(Metrics), logging => logging.AddInMemoryExporter(logs));

    public List<Activity> Spans() => [.. activities.ToArray()];

    /// <summary>After the last of the work's spans has ended, which is a moment after its mail is there.</summary>
    public static async Task FlushAsync(FormApp app)
    {
        await Task.Delay(300);
        app.Get<TracerProvider>().ForceFlush();
        app.Get<MeterProvider>().ForceFlush();
    }

    /// <summary>Every word of it.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        foreach (var span in Spans())
        {
            text.AppendLine(span.DisplayName).AppendLine(span.StatusDescription);
            foreach (var tag in span.TagObjects) Add(text, tag);
            foreach (var item in span.Baggage) text.AppendLine(CultureInfo.InvariantCulture, $"{item.Key}={item.Value}");
            foreach (var tag in span.Events.SelectMany(happened => happened.Tags)) Add(text, tag);
        }
        foreach (var metric in Metrics)
            foreach (ref readonly var point in metric.GetMetricPoints())
                foreach (var tag in point.Tags) Add(text, tag);
        foreach (var record in logs.ToArray())
        {
            text.AppendLine(record.Body).AppendLine(record.FormattedMessage);
            foreach (var value in record.Attributes ?? []) Add(text, value);
        }
        return text.ToString();
    }

    private static void Add(StringBuilder text, KeyValuePair<string, object?> tag) => text.AppendLine(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}");
}
