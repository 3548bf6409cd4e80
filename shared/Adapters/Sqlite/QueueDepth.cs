using System.Diagnostics.Metrics;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>Measures, whenever metrics are read, how many messages the embedded queue holds. Service Bus measures its own.</summary>
public sealed class QueueDepth : IDisposable
{
    private readonly Meter meter = new(Instruments.Name);

    public QueueDepth(SqliteMessageQueue queue) =>
        meter.CreateObservableGauge("schoolsignal.queue.depth", () => QueueName.All.SelectMany(name => Of(name, queue.Count(name))), "{message}", "Messages of the embedded queue");

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> Of(QueueName queue, QueueCounts counts) =>
    [
        new(counts.Active, Instruments.Tag("queue", queue.Value), Instruments.Tag("state", "active")),
        new(counts.Scheduled, Instruments.Tag("queue", queue.Value), Instruments.Tag("state", "scheduled")),
        new(counts.DeadLettered, Instruments.Tag("queue", queue.Value), Instruments.Tag("state", "dead")),
    ];
}
