using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>A concern as the worklist lists it, above every referral and outside their levels and order. It holds no note:
/// what was said is read with the pupil's own record.</summary>
/// <param name="School">Null: nobody knows it, and the concern is the district's.</param>
/// <param name="Observer">Whom to ask: only people who take concerns see this list.</param>
public sealed record UrgentConcern(Guid Id, StudentKey Student, SchoolId? School, DateOnly Date, string? Observer, DateTimeOffset ReceivedAt);

/// <summary>The Urgent entries beside a school's worklist: rows <c>U|concern</c> of its partition in table <c>schools</c>, school "*"
/// for those of no known school. Each concern is its own entry, also a second one about the same pupil.</summary>
public sealed class UrgentConcerns(ITableStore store, ObservationStore observations, DistrictId district)
{
    private const string Rows = "U";
    private const string NoSchool = "*";

    /// <summary>Takes a <see cref="ConcernRaised"/> message; twice is once.</summary>
    /// <returns>False if the concern was erased since: there is nobody left to be concerned about.</returns>
    public async Task<bool> ConsumeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var raised = ConcernRaised.Read(envelope);
        if (await observations.FindConcernAsync(raised.Student, raised.Concern, cancellationToken) is not { } concern) return false;
        var entry = new UrgentConcern(concern.Id, concern.Student, concern.School, concern.Date, concern.Observer, concern.ReceivedAt);
        var body = JsonSerializer.SerializeToUtf8Bytes(entry, ObservationJson.Default.UrgentConcern);
        // A conflict says that it is listed already.
        await store.CommitAsync(
            TableName.Schools, PartitionOf(concern.School), [new RowChange.Insert(RowKey.Of(Rows, concern.Id.ToString("N")), body)], cancellationToken);
        return true;
    }

    /// <summary>The concern among those of the schools and, where asked for, of no known school.</summary>
    public async Task<UrgentConcern?> FindAsync(Guid id, IEnumerable<SchoolId?> schools, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schools);
        foreach (var school in schools)
            if (await store.GetAsync(TableName.Schools, PartitionOf(school), RowKey.Of(Rows, id.ToString("N")), cancellationToken) is { } row)
                return JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.UrgentConcern);
        return null;
    }

    /// <summary>The newest first.</summary>
    /// <param name="school">Null for those of no known school.</param>
    public async Task<IReadOnlyList<UrgentConcern>> ReadAsync(SchoolId? school, CancellationToken cancellationToken)
    {
        var entries = new List<UrgentConcern>();
        await foreach (var row in store.QueryAsync(TableName.Schools, PartitionOf(school), RowKeyRange.Under(Rows), cancellationToken))
            entries.Add(JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.UrgentConcern)!);
        return [.. entries.OrderByDescending(e => e.ReceivedAt)];
    }

    private PartitionKey PartitionOf(SchoolId? school) => PartitionKey.Of(district.Value, school?.Value ?? NoSchool);
}
