using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Calendars;

/// <summary>A term of a school (Ed-Fi <c>Session</c>), both dates inclusive.</summary>
/// <param name="TotalInstructionalDays">As the calendar states it; null or 0 where it does not.</param>
public sealed record CalendarSession(string Name, DateOnly Begin, DateOnly End, int? TotalInstructionalDays = null);

/// <summary>What the calendar says of one date.</summary>
/// <param name="Reason">In the sender's words ("Labor Day"), at most <see cref="MaxReasonLength"/> characters; may be empty.</param>
public sealed record CalendarDay(DateOnly Date, bool IsInstructional, string Reason = "")
{
    public const int MaxReasonLength = 40;
}

/// <summary>What is known of one school's year: terms, and dates stated one by one. Days without a statement follow from
/// <see cref="InstructionalDays.Decide"/>.</summary>
/// <param name="School">Null where it holds for every school of the district.</param>
/// <param name="Sessions">By begin date.</param>
/// <param name="Days">By date, one statement each.</param>
public sealed record SchoolCalendar(
    SchoolId? School,
    SchoolYear Year,
    IReadOnlyList<CalendarSession> Sessions,
    IReadOnlyList<CalendarDay> Days)
{
    /// <summary>A year has few terms, and a calendar is one row of a store: more are left out, with a warning.</summary>
    public const int MaxSessions = 24;

    public static SchoolCalendar Empty(SchoolId? school, SchoolYear year) => new(school, year, [], []);

    /// <summary>This calendar with a newer one laid over it: of one date the newer statement holds, of one session name the
    /// newer dates; what the newer does not name stays.</summary>
    public SchoolCalendar With(SchoolCalendar newer)
    {
        var sessions = Sessions.Where(s => newer.Sessions.All(n => n.Name != s.Name)).Concat(newer.Sessions);
        var days = Days.ToDictionary(d => d.Date);
        foreach (var day in newer.Days) days[day.Date] = day;
        return this with
        {
            Sessions = [.. sessions.OrderBy(s => s.Begin).ThenBy(s => s.Name, StringComparer.Ordinal)],
            Days = [.. days.Values.OrderBy(d => d.Date)],
        };
    }

    /// <summary>A school's own calendar on top of the district's: its own sessions replace the district's altogether, its
    /// own statement of a date replaces the district's of that date.</summary>
    public SchoolCalendar Over(SchoolCalendar district) => this with
    {
        Sessions = Sessions.Count > 0 ? Sessions : district.Sessions,
        Days = (district with { Sessions = [] }).With(this).Days,
    };
}
