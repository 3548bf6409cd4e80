using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.District;

/// <summary>Says whether the app can do its work: it reaches its storage.</summary>
public sealed class Health(ITableStore store, DistrictId district)
{
    private readonly string version =
        typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    [Function("Alive")]
    [Operation("Whether the app answers", Description = "For monitors that start it anew when it does not. Reads nothing.")]
    [Answer(200, "It answers.")]
    public IResult Alive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest request) =>
        Results.Json(new { status = "ok", version });

    [Function("Health")]
    [Operation("Whether the app works", Description = "For monitors. Reads one row from storage.")]
    [Answer(200, "It works.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request, CancellationToken cancellationToken)
    {
        // Storage out of reach throws, and the caller sees a 500 with a reference.
        await store.GetAsync(TableName.District, PartitionKey.Of(district.Value), RowKey.Of("health"), cancellationToken);
        return Results.Json(new { status = "ok", version });
    }
}
