using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages.District;

/// <param name="Pupils">In the caseload by name, each with its school.</param>
/// <param name="Schools">To look in; the counsellor's own first.</param>
/// <param name="Found">Null before anything was looked for; without those already named.</param>
public sealed record CaseloadModel(
    StaffMember Counsellor, IReadOnlyList<PupilFound> Pupils, IReadOnlyList<SchoolId> Schools, FormState Form, IReadOnlyList<PupilFound>? Found, DistrictDone? Done);
