using System.Globalization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Demo;

/// <summary>A generated district: believable schools, pupils and registers, and nobody real. The same options give the same
/// district, to the byte, wherever it is made.</summary>
public sealed class DemoDistrict
{
    public const string IdText = "demo";

    /// <summary>What the demo sets as its legal basis.</summary>
    public const string Name = "Willow Valley, a made-up district";
    public const string LegalBasis = "demonstration data, no real pupils";

    private const int FirstStudentNumber = 1_000_001;
    private readonly Dictionary<int, DemoPlot> leads;

    internal DemoDistrict(
        DemoOptions options, IReadOnlyList<DemoSchool> schools, Dictionary<int, DemoPlot> leads,
        IReadOnlyList<DemoStory> stories, IReadOnlyList<DemoObservation> observations)
    {
        Options = options;
        Schools = schools;
        Stories = stories;
        Observations = observations;
        this.leads = leads;
    }

    public DemoOptions Options { get; }

    /// <summary>England-style and US-style schools in turn.</summary>
    public IReadOnlyList<DemoSchool> Schools { get; }

    /// <summary>Empty for demos of fewer than 100 school days or without room for them.</summary>
    public IReadOnlyList<DemoStory> Stories { get; }

    /// <summary>Teachers' forms, by date.</summary>
    public IReadOnlyList<DemoObservation> Observations { get; }

    public DateOnly FirstSchoolDay => Schools.Min(school => school.Calendar.Days[0]);

    /// <summary>The day the demo's clock stands at.</summary>
    public DateOnly LastSchoolDay => Schools.Max(school => school.Calendar.Days.Dates[^1]);

    /// <summary>Pupils whose families opted out of screening.</summary>
    public IEnumerable<StudentUniqueId> OptOuts =>
        Stories.Where(story => story.NotScreenedBecause is not null).Select(story => story.Student);

    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static DemoDistrict Create(DemoOptions options)
    {
        options.Validate();
        return DemoBuilder.Build(options);
    }

    /// <summary>Every enrolment, school by school; made as it is asked for.</summary>
    public IEnumerable<DemoEnrollment> Enrollments()
    {
        foreach (var school in Schools)
            for (var slot = 0; slot < school.SlotCount; slot++)
                yield return EnrollmentAt(school, slot);
    }

    internal static string NumberOf(int student) => (FirstStudentNumber + student).ToString(CultureInfo.InvariantCulture);

    internal static int DigitsOf(int student) => FirstStudentNumber + student;

    internal DemoEnrollment EnrollmentAt(DemoSchool school, int slot)
    {
        var place = school.Slots[slot];
        var days = school.Calendar.Days;
        var (given, family) = NameOf(place.Student);
        return new DemoEnrollment(
            StudentUniqueId.Parse(NumberOf(place.Student)), school.Id, GradeOf(school, place.Student),
            days[place.EntryDay], place.ExitDay is { } exit ? days[exit] : null, given, family, DemoStaff.ClassOf(school, slot));
    }

    internal (string Given, string Family) NameOf(int student) => leads.TryGetValue(student, out var plot)
        ? (plot.GivenName, plot.FamilyName)
        : DemoNames.Of(Options.Seed, student);

    internal static int GradeCountOf(DemoSchool school) => GradesOf(school).Count;

    private static (int First, int Count) GradesOf(DemoSchool school) => (school.Style, school.Stage) switch
    {
        (DemoStyle.England, DemoStage.Primary) => (1, 6),
        (DemoStyle.England, _) => (7, 5),
        (_, DemoStage.Primary) => (0, 6),
        _ => (6, 7),
    };

    internal static string GradeOf(DemoSchool school, int student)
    {
        var (first, count) = GradesOf(school);
        var grade = first + student % count;
        return grade == 0 ? "K" : grade.ToString(CultureInfo.InvariantCulture);
    }
}
