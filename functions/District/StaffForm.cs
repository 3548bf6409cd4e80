using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.District;

/// <summary>A member of staff as fields of a form, and back.</summary>
internal static class StaffForm
{
    private const char GradesAfter = ':';

    /// <param name="before">Null for somebody new. What the form does not show stays.</param>
    public static StaffMember Read(DistrictForm form, StaffMember? before)
    {
        var name = form.Required("name", StaffMember.MaxName);
        var account = form.Text("account", 200);
        var id = before?.Id ?? StaffId.New();
        return (before ?? new StaffMember(id, $"page-{id}", name, new HashSet<Role>(), new HashSet<SchoolId>())) with
        {
            DisplayName = name,
            UserPrincipalName = account.Length == 0 ? null : account,
            Roles = form.Chosen("roles").Select(text => Enum.TryParse<Role>(text, out var role) ? role : (Role?)null)
                .OfType<Role>().Where(Roles.OfPeople.Contains).ToHashSet(),
            Schools = ReadSchools(form),
            Caseload = new Caseload(ReadCaseload(form), before?.Caseload.Pupils ?? new HashSet<StudentKey>()),
            Deputy = StaffId.TryParse(form.Text("deputy"), out var deputy) ? deputy : null,
            IsActive = form.Text("active") == "true",
        };
    }

    public static Dictionary<string, string> ValuesOf(StaffMember? member) => new()
    {
        ["name"] = member?.DisplayName ?? "",
        ["account"] = member?.UserPrincipalName ?? "",
        ["roles"] = string.Join('\n', member?.Roles ?? new HashSet<Role>()),
        ["schools"] = string.Join('\n', (member?.Schools ?? new HashSet<SchoolId>()).Order()),
        ["caseload"] = string.Join('\n', (member?.Caseload.Grades ?? []).Select(part =>
            part.Grades.Count == 0 ? part.School.Value : $"{part.School}{GradesAfter} {string.Join(", ", part.Grades)}")),
        ["deputy"] = member?.Deputy?.Value ?? "",
        ["active"] = member?.IsActive == false ? "" : "true",
    };

    private static HashSet<SchoolId> ReadSchools(DistrictForm form)
    {
        var schools = new HashSet<SchoolId>();
        foreach (var line in form.Lines("schools", 2600))
            if (SchoolId.TryParse(line, out var school)) schools.Add(school);
            else form.Fail("schools", "District.Error.School", line);
        if (schools.Count > StaffStore.MaxSchools) form.Fail("schools", "District.Error.TooManySchools", $"{StaffStore.MaxSchools}");
        return schools;
    }

    /// <summary>A line is a school, or a school and its grades: <c>255901001: 7, 8</c>. The last colon parts them.</summary>
    private static List<CaseloadGrades> ReadCaseload(DistrictForm form)
    {
        var parts = new List<CaseloadGrades>();
        foreach (var line in form.Lines("caseload", 4000))
        {
            var at = line.LastIndexOf(GradesAfter);
            var grades = at < 0 ? [] : line[(at + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (SchoolId.TryParse((at < 0 ? line : line[..at]).Trim(), out var school)) parts.Add(new CaseloadGrades(school, grades));
            else form.Fail("caseload", "District.Error.School", line);
        }
        return parts;
    }
}
