using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Notifications;

/// <summary>A concern as its page shows it.</summary>
/// <param name="Name">The pupil's; null where the reader is not to know it, and so are the next two.</param>
public sealed record ConcernFile(string? Name, string? RaisedBy, string? Note, string? InHandOf, DateTimeOffset? InHandSince);

/// <summary>Finds and reads safeguarding concerns for those who are alerted of them.</summary>
public sealed class ConcernDesk(
    UrgentConcerns concerns, ObservationStore observations, UrgentWatch watch, StudentDirectory directory, StaffStore staff, SchoolRegistry registry,
    DistrictSettingsStore settings, DisclosureLog disclosures, TimeProvider time)
{
    /// <summary>The concern among those of the caller's schools; an administrator's are the district's.</summary>
    public async Task<UrgentConcern?> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        IEnumerable<SchoolId?> schools = (caller.Schools ?? new HashSet<SchoolId>()).Cast<SchoolId?>();
        if (caller.Has(Role.Administrator) || caller.Schools is null)
        {
            var decided = (await settings.ReadAsync(cancellationToken)).Settings;
            var year = SchoolYear.Containing(decided.Profile.DayOf(time.GetUtcNow()), decided.FirstMonth);
            schools = [.. schools, .. await registry.InYearAsync(year, cancellationToken), null];
        }
        return await concerns.FindAsync(id, schools, cancellationToken);
    }

    /// <param name="authority">Of somebody who may read it: the disclosure is logged before anything is returned. Null shows no pupil.</param>
    public async Task<ConcernFile> ReadAsync(UrgentConcern concern, Authority? authority, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(concern);
        var alerts = await watch.FindAsync(concern.Student, concern.Id, cancellationToken);
        var inHandOf = await NameAsync(alerts?.AcknowledgedBy, cancellationToken);
        if (authority is null) return new ConcernFile(null, null, null, inHandOf, alerts?.AcknowledgedAt);
        var record = await observations.FindConcernAsync(concern.Student, concern.Id, cancellationToken);
        var pupil = await directory.IdentifyAsync(concern.Student, cancellationToken);
        await disclosures.ReadAsync(authority, AuditAction.ReadObservations, concern.Student, concern.School, concern.Id.ToString("N"), cancellationToken);
        return new ConcernFile(
            pupil?.DisplayName ?? "", await NameAsync(concern.Observer, cancellationToken), record?.Note, inHandOf, alerts?.AcknowledgedAt);
    }

    private async Task<string?> NameAsync(string? id, CancellationToken cancellationToken) =>
        StaffId.TryParse(id, out var staffId) && await staff.FindAsync(staffId, cancellationToken) is { } found ? found.Member.DisplayName : null;
}
