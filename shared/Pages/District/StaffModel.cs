using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages.District;

/// <param name="Members">Those found, by name, the ones who have left last; at most <see cref="Most"/>.</param>
/// <param name="Found">How many there are of them in all.</param>
/// <param name="Search">A part of a name, an account or a school's id; empty finds everybody.</param>
/// <param name="Role">Null finds any.</param>
/// <param name="WithoutLead">Schools that have nobody as safeguarding lead.</param>
public sealed record StaffModel(
    IReadOnlyList<StaffMember> Members, int Found, string Search, Role? Role, IReadOnlyList<SchoolId> WithoutLead, DistrictDone? Done)
{
    /// <summary>Inclusive; of more, a search finds the others.</summary>
    public const int Most = 60;
}

/// <param name="Id">Null for somebody new.</param>
/// <param name="Colleagues">To choose a deputy from.</param>
public sealed record StaffMemberModel(StaffId? Id, IReadOnlyList<StaffMember> Colleagues, FormState Form);
