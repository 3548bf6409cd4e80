using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Referrals.Worklists;

/// <summary>Each member of staff's last looks at the worklist: row <c>WV</c> of their own partition in table <c>schools</c>.</summary>
public sealed class WorklistVisits(ITableStore store, DistrictId district, TimeProvider time)
{
    private static readonly RowKey Row = RowKey.Of("WV");

    /// <summary>Writes down that somebody looks now.</summary>
    public async Task<WorklistVisit> LookAsync(StaffId staff, CancellationToken cancellationToken)
    {
        var partition = PartitionKey.Of(district.Value, "staff", staff.Value);
        while (true)
        {
            var row = await store.GetAsync(TableName.Schools, partition, Row, cancellationToken);
            var held = row is { } there ? JsonSerializer.Deserialize(there.Body.Span, WorklistVisitJson.Default.WorklistVisit) : null;
            var visit = WorklistVisit.Look(held, time.GetUtcNow());
            if (visit == held) return visit;
            var body = JsonSerializer.SerializeToUtf8Bytes(visit, WorklistVisitJson.Default.WorklistVisit);
            RowChange change = row is { } before ? new RowChange.Replace(Row, before.ETag, body) : new RowChange.Insert(Row, body);
            if (await store.CommitAsync(TableName.Schools, partition, [change], cancellationToken) is CommitResult.Committed) return visit;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorklistVisit))]
internal sealed partial class WorklistVisitJson : JsonSerializerContext;
