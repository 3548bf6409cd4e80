using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Observations;

/// <summary>Somebody to speak to now.</summary>
/// <param name="Name">As the staff know the person: "Ms Green, room 4".</param>
/// <param name="Phone">As it is dialled from a school.</param>
/// <param name="Mail">Where alerts are sent; null where the person has none.</param>
public sealed record SafeguardingContact(string Name, string Phone, string? Mail = null);

/// <summary>Whom a school's staff speak to, and the numbers they call.</summary>
/// <param name="AboutStaff">Who takes a concern about a member of staff: never this form.</param>
/// <param name="EmergencyNumber">Where a child is in danger now, such as 999, 911 or 110.</param>
public sealed record SchoolSafeguarding(
    SafeguardingContact? Lead, SafeguardingContact? Deputy, SafeguardingContact? AboutStaff, string? EmergencyNumber);

/// <summary>What the stop page of one school names.</summary>
/// <param name="District">Who answers where the school has named nobody; null: no form is offered.</param>
public sealed record SafeguardingContacts(SafeguardingContact? District, SchoolSafeguarding School)
{
    /// <summary>Those to speak to first, the lead before the deputy; the district's contact where the school has neither.</summary>
    public IReadOnlyList<SafeguardingContact> SpeakTo =>
        School.Lead is null && School.Deputy is null
            ? District is null ? [] : [District]
            : [.. new[] { School.Lead, School.Deputy }.OfType<SafeguardingContact>()];
}

/// <summary>Safeguarding contacts in table <c>district</c>: row <c>safeguarding|*</c> names the district's contact and what
/// holds where a school says nothing, <c>safeguarding|school</c> a school's own.</summary>
public sealed class SafeguardingContactStore(ITableStore store, DistrictId district)
{
    private const string Rows = "safeguarding";
    private const string WholeDistrict = "*";

    private readonly PartitionKey partition = PartitionKey.Of(district.Value);

    /// <summary>What holds in a school; null asks for the district as a whole.</summary>
    public async ValueTask<SafeguardingContacts> ReadAsync(SchoolId? school, CancellationToken cancellationToken)
    {
        var shared = await RowAsync(WholeDistrict, cancellationToken);
        var own = school is { } id ? await RowAsync(id.Value, cancellationToken) : null;
        return new SafeguardingContacts(shared?.District, new SchoolSafeguarding(
            own?.Lead ?? shared?.Lead, own?.Deputy ?? shared?.Deputy, own?.AboutStaff ?? shared?.AboutStaff, own?.EmergencyNumber ?? shared?.EmergencyNumber));
    }

    /// <summary>What a school has set for itself, to change it; null asks for the district's contact and what holds in schools that
    /// set nothing of their own.</summary>
    public async ValueTask<SafeguardingContacts> ReadOwnAsync(SchoolId? school, CancellationToken cancellationToken)
    {
        var row = await RowAsync(school?.Value ?? WholeDistrict, cancellationToken);
        return new SafeguardingContacts(row?.District, new SchoolSafeguarding(row?.Lead, row?.Deputy, row?.AboutStaff, row?.EmergencyNumber));
    }

    /// <summary>Sets the district's contact, and what holds in schools that set nothing of their own.</summary>
    /// <param name="with">Further changes of the district's partition, in the same commit.</param>
    public Task SetDistrictAsync(
        SafeguardingContact? contact, SchoolSafeguarding everywhere, CancellationToken cancellationToken, params IReadOnlyList<RowChange> with) =>
        SetAsync(WholeDistrict, new SafeguardingRow(contact, everywhere.Lead, everywhere.Deputy, everywhere.AboutStaff, everywhere.EmergencyNumber), with, cancellationToken);

    /// <param name="with">Further changes of the district's partition, in the same commit.</param>
    public Task SetSchoolAsync(SchoolId school, SchoolSafeguarding own, CancellationToken cancellationToken, params IReadOnlyList<RowChange> with) =>
        SetAsync(school.Value, new SafeguardingRow(null, own.Lead, own.Deputy, own.AboutStaff, own.EmergencyNumber), with, cancellationToken);

    private async ValueTask<SafeguardingRow?> RowAsync(string name, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, partition, RowKey.Of(Rows, name), cancellationToken) is { } row
            ? JsonSerializer.Deserialize(row.Body.Span, SafeguardingJson.Default.SafeguardingRow)
            : null;

    private async Task SetAsync(string name, SafeguardingRow row, IReadOnlyList<RowChange> with, CancellationToken cancellationToken)
    {
        var key = RowKey.Of(Rows, name);
        var body = JsonSerializer.SerializeToUtf8Bytes(row, SafeguardingJson.Default.SafeguardingRow);
        while (true)
        {
            RowChange change = await store.GetAsync(TableName.District, partition, key, cancellationToken) is { } before
                ? new RowChange.Replace(key, before.ETag, body)
                : new RowChange.Insert(key, body);
            if (await store.CommitAsync(TableName.District, partition, [change, .. with], cancellationToken) is CommitResult.Committed) return;
        }
    }
}

internal sealed record SafeguardingRow(
    SafeguardingContact? District, SafeguardingContact? Lead, SafeguardingContact? Deputy, SafeguardingContact? AboutStaff, string? EmergencyNumber);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SafeguardingRow))]
internal sealed partial class SafeguardingJson : JsonSerializerContext;
