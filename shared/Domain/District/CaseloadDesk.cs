using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>The pupils an administrator has named for a counsellor, by name.</summary>
public sealed record NamedCaseload(StaffMember Counsellor, IReadOnlyList<FoundPupil> Pupils);

/// <summary>What became of naming a pupil for a caseload, or of taking one out.</summary>
public enum CaseloadChange
{
    Done,
    /// <summary>It was so before.</summary>
    Unchanged,
    /// <summary>There is nobody of that id on the staff.</summary>
    NotFound,
    /// <summary>The counsellor has <see cref="Caseload.MaxPupils"/> pupils by name.</summary>
    TooMany,
}

/// <summary>Names pupils for a counsellor's caseload. An administrator is shown name and grade for it and nothing of a record; who
/// was shown is in the audit before they are, and a change names the pupil in its entry.</summary>
public sealed class CaseloadDesk(StaffStore staff, DistrictChanges changes, StudentDirectory directory, Enrollments enrollments, DisclosureLog disclosures)
{
    /// <summary>Null for nobody of that id.</summary>
    public async Task<NamedCaseload?> ReadAsync(StaffId id, Authority authority, CancellationToken cancellationToken)
    {
        if (await staff.FindAsync(id, cancellationToken) is not { Member: var member }) return null;
        var pupils = new List<FoundPupil>();
        foreach (var (student, identity) in await directory.IdentifyAsync([.. member.Caseload.Pupils], cancellationToken))
        {
            // A pupil nobody enrolled any more, as after an erased roster, has nothing to show but a name that stays hidden.
            if ((await enrollments.FindAsync(student, cancellationToken))?.Enrollments is [.., var last])
                pupils.Add(new FoundPupil(student, last.School, identity.DisplayName, last.Grade));
        }
        await disclosures.ReadListAsync(authority, AuditAction.FindPupil, pupils.Select(pupil => (pupil.Student, pupil.School)), cancellationToken);
        return new NamedCaseload(member, [.. pupils.OrderBy(pupil => pupil.Name, StringComparer.InvariantCulture)]);
    }

    /// <param name="isIn">False takes the pupil out.</param>
    public async Task<CaseloadChange> ChangeAsync(StaffId id, StudentKey student, bool isIn, Authority authority, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await staff.FindAsync(id, cancellationToken) is not { Member: var member, Version: var version }) return CaseloadChange.NotFound;
            var pupils = member.Caseload.Pupils.ToHashSet();
            if (isIn ? !pupils.Add(student) : !pupils.Remove(student)) return CaseloadChange.Unchanged;
            if (pupils.Count > Caseload.MaxPupils) return CaseloadChange.TooMany;
            var changed = member with { Caseload = member.Caseload with { Pupils = pupils } };
            if (await changes.SaveStaffAsync(changed, version, authority, cancellationToken, student) is StaffSaved.Saved) return CaseloadChange.Done;
        }
    }
}
