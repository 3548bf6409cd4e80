using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>Where one of somebody's own forms lies.</summary>
public sealed record OwnSubmission(ObservationId Id, StudentKey Student, SchoolId School, DateOnly Date, DateTimeOffset SubmittedAt);

/// <summary>Whether an id was free.</summary>
public abstract record SubmissionClaim
{
    /// <param name="IsNew">False if the same content had claimed it before.</param>
    public sealed record Claimed(OwnSubmission Submission, bool IsNew) : SubmissionClaim;

    /// <summary>The id stands for other content.</summary>
    public sealed record Taken : SubmissionClaim;
}

/// <summary>What each member of staff has handed in: a row <c>F|form</c> for each form, in a partition of their own in table <c>schools</c>.
/// The row is written before the form itself, so that it also settles which content an idempotency key stands for: a form whose
/// writing broke off in between is finished when it is sent again, and until then not listed.</summary>
public sealed class OwnSubmissions(ITableStore store, ObservationStore observations, DistrictId district)
{
    private const string Rows = "F";

    /// <param name="content">A hash of all that was sent.</param>
    public async Task<SubmissionClaim> ClaimAsync(string observer, OwnSubmission submission, string content, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(observer);
        var key = RowKey.Of(Rows, submission.Id.ToString());
        var row = new OwnSubmissionRow(submission.Student, submission.School, submission.Date, submission.SubmittedAt, content);
        var body = JsonSerializer.SerializeToUtf8Bytes(row, ObservationJson.Default.OwnSubmissionRow);
        while (true)
        {
            if (await store.CommitAsync(TableName.Schools, partition, [new RowChange.Insert(key, body)], cancellationToken) is CommitResult.Committed)
                return new SubmissionClaim.Claimed(submission, IsNew: true);
            // Erased between the two: try again.
            if (await store.GetAsync(TableName.Schools, partition, key, cancellationToken) is not { } there) continue;
            var held = Read(there);
            return held.Content == content ? new SubmissionClaim.Claimed(held.ToSubmission(submission.Id), IsNew: false) : new SubmissionClaim.Taken();
        }
    }

    public async Task<OwnSubmission?> FindAsync(string observer, ObservationId id, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Schools, PartitionOf(observer), RowKey.Of(Rows, id.ToString()), cancellationToken) is { } row
            ? Read(row).ToSubmission(id)
            : null;

    /// <summary>The newest of somebody's own forms, newest first, withdrawn ones included.</summary>
    /// <param name="most">How many at the most.</param>
    public async Task<IReadOnlyList<StoredObservation>> ReadAsync(string observer, int most, CancellationToken cancellationToken)
    {
        var own = new List<OwnSubmission>();
        await foreach (var row in store.QueryAsync(TableName.Schools, PartitionOf(observer), RowKeyRange.Under(Rows), cancellationToken))
            own.Add(Read(row).ToSubmission(new ObservationId(Guid.ParseExact(row.Key.Parts()[1], "N"))));
        var forms = new List<StoredObservation>();
        foreach (var one in own.OrderByDescending(o => o.SubmittedAt).Take(most))
            if (await observations.FindAsync(one.Student, one.School, one.Date, one.Id, cancellationToken) is { } found)
                forms.Add(found.Form);
        return forms;
    }

    private PartitionKey PartitionOf(string observer) => PartitionKey.Of(district.Value, "staff", observer);

    private static OwnSubmissionRow Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.OwnSubmissionRow)!;
}

internal sealed record OwnSubmissionRow(StudentKey Student, SchoolId School, DateOnly Date, DateTimeOffset SubmittedAt, string Content)
{
    public OwnSubmission ToSubmission(ObservationId id) => new(id, Student, School, Date, SubmittedAt);
}
