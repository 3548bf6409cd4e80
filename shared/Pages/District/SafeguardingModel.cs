using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Pages.District;

/// <param name="School">Whose contacts the form changes; null for the district's own and what holds in every school.</param>
/// <param name="Schools">Every school with what holds there.</param>
public sealed record SafeguardingModel(
    SchoolId? School, SafeguardingContact? District, IReadOnlyList<SchoolContacts> Schools, FormState Form, DistrictDone? Done);

/// <summary>What the stop page of a school names.</summary>
public sealed record SchoolContacts(SchoolId School, SchoolSafeguarding Contacts);
