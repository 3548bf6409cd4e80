using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Domain.Tests.Screening.Oracle;

namespace SchoolSignal.Domain.Tests.Reports.Measures;

/// <summary>The measures counted over dated marks, one pupil after the other, as the data dictionary says them.</summary>
internal static class PlainCount
{
    public static SchoolCounts Of(ModelDistrict district, SchoolId school, DateOnly first, IReadOnlySet<StudentKey> optedOut)
    {
        var counted = district.Pupils.Where(p => !optedOut.Contains(p.Key)).ToList();
        var here = counted.Where(p => SchoolOf(p, district.AsOf) == school.Value).ToList();
        var levels = here.Select(p => OracleRules.Screen(p, district.AsOf).Level).ToList();
        var model = district.Schools.Single(s => s.Id == school.Value);
        var before = model.Days.Where(d => d < first).Select(d => (DateOnly?)d).LastOrDefault();
        var sessions = counted.Select(p => Sessions(p, model, first, district.AsOf)).ToList();
        return new SchoolCounts(
            school, CountState.Counted, district.AsOf,
            [.. Enum.GetValues<Level>().Select(level => levels.Count(l => l == level))],
            [.. SchoolCounts.Families.Select(family => here.Count(p => Says(p, district.AsOf, family) && !(before is { } day && Says(p, day, family))))],
            new SessionCounts(Cell(sessions.Select(s => s.Attended)), Cell(sessions.Select(s => s.Absent)), sessions.Sum(s => s.Unknown)),
            [], ReferralCounts.None);
    }

    private static SessionCell Cell(IEnumerable<int> sessions)
    {
        var some = sessions.Where(n => n > 0).ToList();
        return new SessionCell(some.Sum(), some.Count, [.. some.OrderDescending().Take(3)]);
    }

    private static bool Says(ModelPupil pupil, DateOnly asOf, RuleFamily family) =>
        OracleRules.Screen(pupil, asOf).Triggers.Exists(t => t.Family == family);

    private static string? SchoolOf(ModelPupil pupil, DateOnly day) => pupil.Enrollments.Where(e => e.Covers(day))
        .OrderByDescending(e => e.Entry).ThenBy(e => e.School.Id, StringComparer.Ordinal).FirstOrDefault()?.School.Id;

    private static (int Attended, int Absent, int Unknown) Sessions(ModelPupil pupil, ModelSchool school, DateOnly first, DateOnly last)
    {
        var marks = (
            from day in school.Days
            where day >= first && day <= last && SchoolOf(pupil, day) == school.Id
            from session in Enumerable.Range(0, school.Sessions)
            let mark = pupil.Marks.GetValueOrDefault((school.Id, day, session))
            where mark.Category != MarkCategory.NotRequired
            select school.IsTaken(day, session) ? mark : Mark.Unknown).ToList();
        return (marks.Count(m => m.IsAttending), marks.Count(m => m.IsAbsent), marks.Count(m => m.Category == MarkCategory.Unknown));
    }
}
