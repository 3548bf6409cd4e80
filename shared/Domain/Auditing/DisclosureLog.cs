using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Keeps who was shown whose record. Call it when what is shown has been gathered and before anything is answered:
/// when it returns, the entry stands; when it throws, nothing must be shown.</summary>
public sealed class DisclosureLog(AuditChains chains, TimeProvider time)
{
    /// <summary>One pupil's record is about to be shown.</summary>
    /// <param name="reference">Opaque id of the referral, form or request; null if there is none.</param>
    public Task ReadAsync(
        Authority authority, AuditAction action, StudentKey student, SchoolId? school, string? reference, CancellationToken cancellationToken) =>
        chains.AppendAsync(AuditEntry.OfPupil(authority, action, student, school, time.GetUtcNow(), reference), cancellationToken);

    /// <summary>A list of pupils is about to be shown: one entry for each of their schools, or several for a very long list.
    /// An empty list shows nobody and leaves no entry.</summary>
    public Task ReadListAsync(
        Authority authority, AuditAction action, IEnumerable<(StudentKey Student, SchoolId School)> shown, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Task.WhenAll(
            from school in shown.GroupBy(s => s.School, s => s.Student)
            from students in school.Distinct().Chunk(AuditEntry.MaxStudents)
            select chains.AppendAsync(
                new AuditEntry(AuditEntry.NewId(now), now, authority.Who, authority.Roles, authority.Reason, action, school.Key, students) { Through = authority.Through }, cancellationToken));
    }

    /// <summary>Rows of a feed, a run's output or the audit itself are about to be shown; whose records, the reference says.</summary>
    public Task ReadRunAsync(Authority authority, AuditAction action, SchoolId? school, string? reference, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return chains.AppendAsync(
            new AuditEntry(AuditEntry.NewId(now), now, authority.Who, authority.Roles, authority.Reason, action, school, [], reference) { Through = authority.Through }, cancellationToken);
    }
}
