using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Domain.District;

/// <summary>What an administrator should see to, and how the district stands. Counts and schools, never a pupil.</summary>
/// <param name="WithoutLead">Schools of the running year with nobody in the role of safeguarding lead.</param>
public sealed record DistrictOverview(
    IReadOnlyList<SchoolFreshness> Schools, IReadOnlyList<SchoolId> WithoutLead, bool HasLegalBasis, bool HasSafeguardingContact,
    int Failures, int OpenProposals)
{
    public IReadOnlyList<SchoolId> Stale => [.. Schools.Where(school => school.IsStale).Select(school => school.School)];

    public IReadOnlyList<SchoolId> Paused => [.. Schools.Where(school => school.IsPaused).Select(school => school.School)];

    public bool IsAllWell => HasLegalBasis && HasSafeguardingContact && WithoutLead.Count + Stale.Count + Paused.Count + Failures + OpenProposals == 0;
}

/// <summary>Gathers it.</summary>
public sealed class DistrictOverviews(
    FreshnessReading freshness, StaffStore staff, DistrictSettingsStore settings, SafeguardingContactStore contacts, FailureStore failures,
    RuleProposals proposals)
{
    public async Task<DistrictOverview> ReadAsync(CancellationToken cancellationToken)
    {
        var schools = await freshness.ReadAsync(cancellationToken);
        var led = (await staff.ListAsync(cancellationToken))
            .Where(member => member.IsActive && member.Roles.Contains(Role.SafeguardingLead))
            .SelectMany(member => member.Schools).ToHashSet();
        return new DistrictOverview(
            schools,
            [.. schools.Select(school => school.School).Where(school => !led.Contains(school))],
            (await settings.ReadAsync(cancellationToken)).Settings.LegalBasis is not null,
            (await contacts.ReadAsync(null, cancellationToken)).District is not null,
            (await failures.ListAsync(cancellationToken)).Count,
            (await proposals.ListAsync(cancellationToken)).Count(proposal => proposal.State == ProposalState.Open));
    }
}
