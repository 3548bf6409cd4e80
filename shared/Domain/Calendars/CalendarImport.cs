using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Calendars;

/// <summary>Where a calendar reader puts what it reads. A null school means every school of the district.</summary>
public sealed record CalendarSink(
    Action<SchoolId?, CalendarSession> Session,
    Action<SchoolId?, CalendarDay> Day,
    RefusedRowHandler Refuse);

/// <summary>Gathers a calendar file into calendars by school and school year.</summary>
/// <param name="firstMonth">The month the district's school year begins in, 1 to 12.</param>
public sealed class CalendarImport(int firstMonth = SchoolYear.DefaultFirstMonth)
{
    private readonly Dictionary<(SchoolId? School, SchoolYear Year), Gathered> calendars = [];
    private int leftOut;

    /// <summary>A date, and a session in every school year that it touches. Of one date the later line holds.</summary>
    public CalendarSink Sink(RefusedRowHandler refuse) => new(AddSession, AddDay, refuse);

    /// <summary>What was left out.</summary>
    public IReadOnlyList<string> Warnings => leftOut == 0
        ? []
        : [FormattableString.Invariant($"{leftOut} sessions are left out: a school's year takes {SchoolCalendar.MaxSessions}")];

    /// <summary>The calendars gathered, in order of year and school.</summary>
    public IReadOnlyList<SchoolCalendar> Calendars =>
    [
        .. calendars
            .OrderBy(c => c.Key.Year.EndYear).ThenBy(c => c.Key.School?.Value, StringComparer.Ordinal)
            .Select(c => SchoolCalendar.Empty(c.Key.School, c.Key.Year)
                .With(SchoolCalendar.Empty(c.Key.School, c.Key.Year) with { Sessions = [.. c.Value.Sessions.Values], Days = [.. c.Value.Days.Values] })),
    ];

    private void AddSession(SchoolId? school, CalendarSession session)
    {
        var last = SchoolYear.Containing(session.End, firstMonth);
        for (var year = SchoolYear.Containing(session.Begin, firstMonth); year.EndYear <= last.EndYear; year = year with { EndYear = year.EndYear + 1 })
        {
            var sessions = Of(school, year).Sessions;
            if (sessions.Count < SchoolCalendar.MaxSessions || sessions.ContainsKey(session.Name)) sessions[session.Name] = session;
            else leftOut++;
        }
    }

    private void AddDay(SchoolId? school, CalendarDay day) => Of(school, SchoolYear.Containing(day.Date, firstMonth)).Days[day.Date] = day;

    private Gathered Of(SchoolId? school, SchoolYear year)
    {
        if (!calendars.TryGetValue((school, year), out var gathered)) calendars[(school, year)] = gathered = new Gathered();
        return gathered;
    }

    private sealed class Gathered
    {
        public Dictionary<string, CalendarSession> Sessions { get; } = new(StringComparer.Ordinal);

        public Dictionary<DateOnly, CalendarDay> Days { get; } = [];
    }
}
