using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages.District;

/// <param name="Members">By name; those who have left last.</param>
/// <param name="WithoutLead">Schools that have nobody as safeguarding lead.</param>
public sealed record StaffModel(IReadOnlyList<StaffMember> Members, IReadOnlyList<SchoolId> WithoutLead, DistrictDone? Done);

/// <param name="Id">Null for somebody new.</param>
/// <param name="Colleagues">To choose a deputy from.</param>
public sealed record StaffMemberModel(StaffId? Id, IReadOnlyList<StaffMember> Colleagues, FormState Form);
