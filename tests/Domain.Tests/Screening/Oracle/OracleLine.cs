using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Tests.Screening.Oracle;

/// <summary>A session of a pupil's day: the mark, and the school and session it is compared with.</summary>
internal sealed record OracleSession(Mark Mark, ModelSchool School, int Session)
{
    public bool Attending => Mark.Category is MarkCategory.Present or MarkCategory.Late or MarkCategory.LeftEarly or MarkCategory.Partial;

    public bool Absent => Mark.Category == MarkCategory.Absent;

    public bool Possible => Attending || Absent;

    public bool Required => Mark.Category != MarkCategory.NotRequired;

    public bool Unauthorised => Absent && Mark.Reason is MarkReason.UnauthorisedOther or MarkReason.NoReasonYet or MarkReason.LateAfterClose;
}

internal sealed record OracleDay(DateOnly Date, IReadOnlyList<OracleSession> Sessions, bool FirstBack)
{
    public IEnumerable<OracleSession> Possible => Sessions.Where(s => s.Possible);

    public IEnumerable<OracleSession> AbsentOnes => Sessions.Where(s => s.Absent);

    public bool Blank => !Possible.Any();

    public bool AbsentDay => !Blank && Possible.All(s => s.Absent);

    public bool Attended => Sessions.Any(s => s.Attending);

    public bool Partial => (AbsentOnes.Any() && Attended) || Sessions.Any(s => s.Mark.Category is MarkCategory.LeftEarly or MarkCategory.Partial);
}

/// <summary>A pupil's days, one after the other, after evidence.md §9.</summary>
internal static class OracleLine
{
    public static List<OracleDay> Of(ModelPupil pupil, DateOnly asOf)
    {
        var line = new List<OracleDay>();
        var dates = pupil.Enrollments.SelectMany(e => e.School.Days.Where(e.Covers)).Where(d => d <= asOf).Distinct().Order();
        foreach (var date in dates)
        {
            var candidates = pupil.Enrollments
                .Where(e => e.Covers(date) && e.School.Days.Contains(date))
                .OrderByDescending(e => e.Entry).ThenBy(e => e.School.Id, StringComparer.Ordinal)
                .Select(e => (Enrollment: e, Sessions: SessionsOf(pupil, e.School, date)))
                .ToList();
            var holder = candidates.FindIndex(c => c.Sessions.Any(s => s.Required));
            if (holder < 0) holder = 0;
            var held = candidates[holder];
            var sessions = held.Sessions.Select((session, index) => session.Required
                ? session
                : candidates.Skip(holder + 1).Select(c => c.Sessions.Count == 2 ? c.Sessions[index] : c.Sessions[0])
                    .FirstOrDefault(s => s.Required && held.Sessions.Count == 2) ?? session).ToList();
            var firstOfEnrollment = held.Enrollment.School.Days.First(held.Enrollment.Covers) == date;
            var afterABreak = !held.Enrollment.School.Days.Contains(date.AddDays(-1));
            line.Add(new OracleDay(date, sessions, afterABreak && !firstOfEnrollment));
        }
        return line;
    }

    /// <summary>The same line with the schools' exceptional sessions blank.</summary>
    public static List<OracleDay> WithoutExceptional(List<OracleDay> line) =>
        [.. line.Select(day => day with
        {
            Sessions = [.. day.Sessions.Select(s => s.Required && OracleSchool.IsExceptional(s.School, day.Date, s.Session)
                ? s with { Mark = Mark.NotRequired }
                : s)],
        })];

    private static List<OracleSession> SessionsOf(ModelPupil pupil, ModelSchool school, DateOnly date) =>
        [.. Enumerable.Range(0, school.Sessions).Select(session =>
        {
            var mark = pupil.Marks.GetValueOrDefault((school.Id, date, session));
            if (mark.Category != MarkCategory.NotRequired && !school.IsTaken(date, session)) mark = Mark.Unknown;
            return new OracleSession(mark, school, session);
        })];
}

internal static class OracleSchool
{
    public static double? Rate(ModelSchool school, DateOnly date, int session) => school.IsKnown(date, session)
        ? (double)school.Absent[school.PositionOf(date, session)] / school.Possible[school.PositionOf(date, session)]
        : null;

    /// <summary>At least 15 points above the median of the same session of the 20 instructional days before, five or more
    /// of them known, with at least 20 pupils. Decimals with 28 digits settle the edge.</summary>
    public static bool IsExceptional(ModelSchool school, DateOnly date, int session)
    {
        if (!school.IsKnown(date, session) || school.Possible[school.PositionOf(date, session)] < 20) return false;
        var before = school.Days.Where(d => d < date).TakeLast(20).Where(d => school.IsKnown(d, session))
            .Select(d => Exact(school, d, session)).Order().ToList();
        if (before.Count < 5) return false;
        var median = before.Count % 2 == 1 ? before[before.Count / 2] : (before[(before.Count / 2) - 1] + before[before.Count / 2]) / 2;
        return Math.Round(Exact(school, date, session) - median, 20) >= 0.15m;
    }

    private static decimal Exact(ModelSchool school, DateOnly date, int session) =>
        (decimal)school.Absent[school.PositionOf(date, session)] / school.Possible[school.PositionOf(date, session)];
}
