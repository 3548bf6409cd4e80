using System.Buffers;
using Microsoft.Extensions.Configuration;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Hosting.Catalogue;

/// <summary>The settings a function names as <c>%NAME%</c>: a queue is <c>%FEED_ARRIVALS_QUEUE%</c> for "feed-arrivals" and
/// so on, a schedule is a cron of six fields, seconds first, in UTC. The names can be environment variables as they
/// stand. Each has a default, so that the Local host needs no configuration; in Azure the infrastructure sets them.</summary>
public static class FunctionSettings
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly Dictionary<string, string> Schedules = new()
    {
        // Every minute: what a crash left in an outbox waits no longer than that.
        ["OUTBOX_SWEEP_CRON"] = "30 * * * * *",
        // Often enough that what became due overnight is out soon after the quiet hours.
        ["ESCALATION_CRON"] = "0 10 * * * *",
        // Every hour, until it is the hour of the district's clock.
        ["NIGHTLY_SCREENING_CRON"] = "0 0 * * * *",
        // At night in most of the districts; a district elsewhere sets its own.
        ["ROSTER_SYNC_CRON"] = "0 0 3 * * *",
        // Every five minutes: what was audited since the last seal could be cut off unnoticed.
        ["AUDIT_SEAL_CRON"] = "15 */5 * * * *",
        // A feed that stays behind is noticed in the school hour it is missed.
        ["WATCH_CRON"] = "45 */15 * * * *",
        // When nobody is at work in most of the districts.
        ["RETENTION_CRON"] = "0 20 2 * * *",
        // Early on Monday: the week before is over wherever the district lies, and its last feeds are in.
        ["REPORTS_CRON"] = "0 30 5 * * 1",
    };

    private static readonly Dictionary<string, string> Defaults = new(
        QueueName.All.Select(queue => KeyValuePair.Create(SettingOf(queue), queue.Value)).Concat(Schedules));

    /// <summary>Whether the text is <c>%NAME%</c>, the name of capitals, digits and '_'.</summary>
    public static bool IsReference(string? text) =>
        text is { Length: > 2 } && text[0] == '%' && text[^1] == '%'
        && !text.AsSpan(1, text.Length - 2).ContainsAnyExcept(NameCharacters);

    /// <summary>The value behind <c>%NAME%</c>.</summary>
    /// <exception cref="InvalidOperationException">The setting has neither a value nor a default.</exception>
    public static string Resolve(string reference, IConfiguration configuration)
    {
        var name = reference.Trim('%');
        return configuration[name] is { Length: > 0 } set ? set
            : Defaults.TryGetValue(name, out var usual) ? usual
            : throw new InvalidOperationException($"The setting {name} has no value.");
    }

    /// <summary>The setting that names a queue: "feed-arrivals" is <c>FEED_ARRIVALS_QUEUE</c>.</summary>
    public static string SettingOf(QueueName queue) =>
        queue.Value.ToUpperInvariant().Replace('-', '_') + "_QUEUE";
}
