using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Demo;

/// <summary>Somebody of the demo's staff: a line of staff.csv.</summary>
/// <param name="Id">In the made-up sending system.</param>
public sealed record DemoStaffMember(
    string Id, string Name, IReadOnlyList<Role> Roles, IReadOnlyList<SchoolId> Schools, IReadOnlyList<string> Classes, IReadOnlyList<string> CaseloadGrades, string? Deputy)
{
    /// <summary>Where alerts would go, at a domain that nobody can have.</summary>
    public string Address => $"{Id.ToLowerInvariant()}@willow-valley.example";
}

/// <summary>The cast: every school has a teacher for each class, counsellors, a safeguarding lead and a deputy; the district two
/// administrators, because one proposes and another approves, and a data manager.</summary>
public static class DemoStaff
{
    public const string Administrator = "admin-1";
    public const string SecondAdministrator = "admin-2";
    public const string DataManager = "data-1";

    /// <summary>The most pupils of one class.</summary>
    private const int ClassSize = 28;

    // Far from any pupil's, so that nobody on the staff has a pupil's name by being the same draw.
    private const int FirstName = 500_000_000;

    public static IEnumerable<DemoStaffMember> Of(DemoDistrict district)
    {
        ArgumentNullException.ThrowIfNull(district);
        yield return new(Administrator, "Morgan Ellis", [Role.Administrator], [], [], [], null);
        yield return new(SecondAdministrator, "Priya Lindqvist", [Role.Administrator], [], [], [], null);
        yield return new(DataManager, "Tomas Adeyemi", [Role.DataManager], [], [], [], null);
        var nth = 0;
        foreach (var school in district.Schools)
        {
            SchoolId[] here = [school.Id];
            var (lead, deputy) = ($"lead-{school.Id}", $"deputy-{school.Id}");
            yield return new(lead, Name(), [Role.SafeguardingLead], here, [], [], deputy);
            yield return new(deputy, Name(), [Role.SafeguardingLead, Role.Teacher], here, [], [], null);
            var grades = Grades(school);
            if (school.Stage == DemoStage.Primary)
            {
                yield return new($"counsellor-{school.Id}", Name(), [Role.Counsellor], here, [], [], null);
            }
            else
            {
                var half = (grades.Count + 1) / 2;
                yield return new($"counsellor-lower-{school.Id}", Name(), [Role.Counsellor], here, [], [.. grades.Take(half)], null);
                yield return new($"counsellor-upper-{school.Id}", Name(), [Role.Counsellor], here, [], [.. grades.Skip(half)], null);
            }
            foreach (var form in Classes(school))
                yield return new($"teacher-{school.Id}-{form}", Name(), [Role.Teacher], here, [form], [], null);
        }

        string Name()
        {
            var (given, family) = DemoNames.Of(district.Options.Seed, FirstName + nth++);
            return $"{given} {family}";
        }
    }

    /// <summary>The class of a place on the school's roll: its grade and a number, such as "7-2".</summary>
    internal static string ClassOf(DemoSchool school, int slot)
    {
        var student = school.StudentOf(slot);
        return $"{DemoDistrict.GradeOf(school, student)}-{1 + slot / (DemoDistrict.GradeCountOf(school) * ClassSize)}";
    }

    private static List<string> Classes(DemoSchool school) =>
        [.. Enumerable.Range(0, school.SlotCount).Select(slot => ClassOf(school, slot)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>From the youngest.</summary>
    private static List<string> Grades(DemoSchool school)
    {
        var count = DemoDistrict.GradeCountOf(school);
        return [.. Enumerable.Range(0, count).Select(student => DemoDistrict.GradeOf(school, student))];
    }
}
