using System.Globalization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Calendars;

/// <summary>What a school's instructional days were taken from.</summary>
public enum CalendarBasis
{
    /// <summary>The calendar names them.</summary>
    StatedDays,
    /// <summary>At least one session is not named day by day: its weekdays count.</summary>
    SessionWeekdays,
    /// <summary>No days and no sessions: the weekdays that the school's feeds cover count.</summary>
    CoverageWeekdays,
    /// <summary>Nothing to go by.</summary>
    None,
}

/// <summary>A school's instructional days of one year, and how they were decided.</summary>
/// <param name="Warning">What a person should know of a calendar that is incomplete or missing; null if it is complete.</param>
public sealed record InstructionalDays(SchoolDays Days, CalendarBasis Basis, string? Warning)
{
    /// <summary>
    /// Decides which days of the year are instructional (design.md "Calendar first"):
    /// <list type="bullet">
    /// <item>Days stated as instructional always are, days stated as not instructional never.</item>
    /// <item>A session is complete if its stated instructional days reach its stated total, or half of its weekdays
    /// (both inclusive). Of a complete session only the stated days count; of any other all weekdays, with a warning.</item>
    /// <item>Without sessions, stated days are complete if they make up half (inclusive) of the weekdays from the first to the
    /// last of them.</item>
    /// <item>Else the weekdays of <paramref name="coverage"/> count, with a warning.</item>
    /// </list>
    /// </summary>
    /// <param name="calendar">The school's calendar; null where none was imported.</param>
    /// <param name="year">Dates outside it are left out.</param>
    /// <param name="coverage">What the school's feeds speak for; used only where there is no calendar to go by.</param>
    public static InstructionalDays Decide(SchoolCalendar? calendar, SchoolYear year, IReadOnlyList<Coverage> coverage)
    {
        var stated = (calendar?.Days ?? []).Where(d => year.Contains(d.Date)).ToDictionary(d => d.Date, d => d.IsInstructional);
        var sessions = (calendar?.Sessions ?? []).Where(s => s.End >= year.FirstDay && s.Begin <= year.LastDay && s.End >= s.Begin).ToList();
        var days = new SortedSet<DateOnly>(stated.Where(d => d.Value).Select(d => d.Key));

        if (sessions.Count > 0) return FromSessions(sessions, year, stated, days);
        if (IsDense(days)) return new InstructionalDays(new SchoolDays(days), CalendarBasis.StatedDays, null);

        foreach (var span in coverage) AddWeekdays(days, span.From, span.To, year, stated);
        return days.Count == 0
            ? new InstructionalDays(new SchoolDays([]), CalendarBasis.None,
                "There is no calendar and no feed to take school days from: import a calendar.")
            : new InstructionalDays(new SchoolDays(days), CalendarBasis.CoverageWeekdays,
                $"There is no complete calendar: the {Count(days.Count)} weekdays the feeds cover count as school days. Holidays inside them make absences look rarer or unknown; import a calendar.");
    }

    private static InstructionalDays FromSessions(
        List<CalendarSession> sessions, SchoolYear year, Dictionary<DateOnly, bool> stated, SortedSet<DateOnly> days)
    {
        var complete = sessions.Where(s => IsComplete(s, days)).ToList();
        var incomplete = sessions.Except(complete).ToList();
        if (incomplete.Count == 0) return new InstructionalDays(new SchoolDays(days), CalendarBasis.StatedDays, null);

        // A whole-year session beside its own semesters: where the semester is known day by day, its days hold.
        foreach (var session in incomplete)
            AddWeekdays(days, session.Begin, session.End, year, stated, date => complete.Any(c => date >= c.Begin && date <= c.End));
        var names = string.Join(", ", incomplete.Select(s => $"{s.Name} ({s.Begin:yyyy-MM-dd} to {s.End:yyyy-MM-dd})").Distinct());
        return new InstructionalDays(new SchoolDays(days), CalendarBasis.SessionWeekdays,
            $"The calendar does not name the school days of {names}: weekdays inside count, less the days stated as closed. That makes {Count(days.Count)} school days in the year.");
    }

    private static bool IsComplete(CalendarSession session, SortedSet<DateOnly> days)
    {
        var named = days.Count(d => d >= session.Begin && d <= session.End);
        return (session.TotalInstructionalDays is > 0 and var total && named >= total)
            || (named > 0 && named * 2 >= Weekdays(session.Begin, session.End));
    }

    private static bool IsDense(SortedSet<DateOnly> days) => days.Count > 0 && days.Count * 2 >= Weekdays(days.Min, days.Max);

    private static int Weekdays(DateOnly from, DateOnly to)
    {
        var count = 0;
        for (var number = from.DayNumber; number <= to.DayNumber; number++)
            if (IsWeekday(DateOnly.FromDayNumber(number))) count++;
        return count;
    }

    private static void AddWeekdays(
        SortedSet<DateOnly> days, DateOnly from, DateOnly to, SchoolYear year, Dictionary<DateOnly, bool> stated, Func<DateOnly, bool>? settled = null)
    {
        var first = from > year.FirstDay ? from : year.FirstDay;
        var last = to < year.LastDay ? to : year.LastDay;
        for (var date = first; date <= last; date = date.AddDays(1))
            if (IsWeekday(date) && stated.GetValueOrDefault(date, true) && settled?.Invoke(date) != true) days.Add(date);
    }

    private static bool IsWeekday(DateOnly date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static string Count(int days) => days.ToString(CultureInfo.InvariantCulture);
}
