using System.Text.Json;

namespace SchoolSignal.Functions.Tests.Catalogue;

/// <summary>What the worker's SDK writes down of the Azure build (functions.metadata) is the same snapshot as the Local build's.</summary>
public sealed class WorkerMetadataTests
{
    /// <summary>The folder that the Azure build was published to; .ci/run sets it where that can be built.</summary>
    private const string Published = "SCHOOLSIGNAL_AZURE_BUILD";

    [Fact]
    public async Task Metadata_OfTheAzureBuild_IsTheCommittedSnapshot()
    {
        var folder = Environment.GetEnvironmentVariable(Published);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"{Published} does not name a published Azure build: its packages cannot be restored here.");
        using var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder!, "functions.metadata"), TestContext.Current.CancellationToken));
        var committed = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "bindings.snapshot.txt"), TestContext.Current.CancellationToken);
        Assert.Equal(committed.ReplaceLineEndings("\n"), Snapshot(metadata.RootElement));
    }

    [Fact]
    public void Snapshot_OfMetadata_ReadsEveryKindOfTrigger()
    {
        using var metadata = JsonDocument.Parse("""
            [
              { "name": "Take", "bindings": [ { "name": "message", "direction": "In", "type": "serviceBusTrigger", "queueName": "%SCREENINGS_QUEUE%",
                "connection": "ServiceBus", "isSessionsEnabled": true, "autoCompleteMessages": true, "cardinality": "One" } ] },
              { "name": "Get", "bindings": [ { "name": "request", "direction": "In", "type": "httpTrigger", "authLevel": "Anonymous", "methods": ["post", "get"],
                "route": "api/things/{id}" }, { "name": "$return", "type": "http", "direction": "Out" } ] },
              { "name": "Nightly", "bindings": [ { "name": "timer", "direction": "In", "type": "timerTrigger", "schedule": "%NIGHTLY_SCREENING_CRON%", "runOnStartup": true } ] }
            ]
            """);
        Assert.Equal(
            "Get | http | GET,POST | /api/things/{id}\nNightly | timer | %NIGHTLY_SCREENING_CRON% | on start | monitored\nTake | queue | %SCREENINGS_QUEUE% | sessions\n",
            Snapshot(metadata.RootElement));
    }

    private static string Snapshot(JsonElement functions) => string.Concat(functions.EnumerateArray()
        .Select(function => (
            Name: function.GetProperty("name").GetString()!,
            Trigger: function.GetProperty("bindings").EnumerateArray().Single(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal))))
        .OrderBy(function => function.Name, StringComparer.Ordinal)
        .Select(function => $"{function.Name} | {Describe(function.Trigger)}\n"));

    private static string Describe(JsonElement trigger) => trigger.GetProperty("type").GetString() switch
    {
        "httpTrigger" => $"http | {string.Join(',', trigger.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant()).Order(StringComparer.Ordinal))} | /{trigger.GetProperty("route").GetString()}",
        "serviceBusTrigger" => $"queue | {trigger.GetProperty("queueName").GetString()}{(Is(trigger, "isSessionsEnabled", false) ? " | sessions" : "")}",
        // What the attribute does not set is not written down: a timer is monitored unless it says otherwise.
        "timerTrigger" => $"timer | {trigger.GetProperty("schedule").GetString()}{(Is(trigger, "runOnStartup", false) ? " | on start" : "")}{(Is(trigger, "useMonitor", true) ? " | monitored" : "")}",
        var other => throw new InvalidOperationException($"A trigger of an unknown kind: {other}."),
    };

    private static bool Is(JsonElement trigger, string name, bool unset) => trigger.TryGetProperty(name, out var value) ? value.GetBoolean() : unset;
}
