using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Demo;

/// <summary>How a demo school takes its register.</summary>
public enum DemoStyle
{
    /// <summary>AM and PM sessions, England's codes.</summary>
    England,
    /// <summary>One mark a day, generic US codes.</summary>
    UsDaily,
}

/// <summary>A weekday or not, and why.</summary>
public readonly record struct DemoCalendarDay(DateOnly Date, bool IsInstructional, string Reason);

/// <summary>The school year 2025-26 as the demo's schools keep it. Fixed, so that a demo shows the same dates whenever and
/// wherever it runs.</summary>
public sealed class DemoCalendar
{
    private static readonly DateOnly FirstDay = new(2025, 9, 3);

    private static readonly (DateOnly From, DateOnly To, string Reason)[] EnglandClosures =
    [
        (D(2025, 10, 27), D(2025, 10, 31), "Half-term"),
        (D(2025, 11, 28), D(2025, 11, 28), "Staff training day"),
        (D(2025, 12, 22), D(2026, 1, 2), "Christmas holiday"),
        (D(2026, 1, 5), D(2026, 1, 5), "Staff training day"),
        (D(2026, 2, 16), D(2026, 2, 20), "Half-term"),
        (D(2026, 3, 30), D(2026, 4, 10), "Easter holiday"),
        (D(2026, 5, 4), D(2026, 5, 4), "Early May bank holiday"),
        (D(2026, 5, 25), D(2026, 5, 29), "Half-term"),
    ];

    private static readonly (DateOnly From, DateOnly To, string Reason)[] UsClosures =
    [
        (D(2025, 10, 13), D(2025, 10, 13), "Columbus / Indigenous Peoples' Day"),
        (D(2025, 11, 4), D(2025, 11, 4), "Staff development day"),
        (D(2025, 11, 11), D(2025, 11, 11), "Veterans Day"),
        (D(2025, 11, 26), D(2025, 11, 28), "Thanksgiving recess"),
        (D(2025, 12, 22), D(2026, 1, 2), "Winter recess"),
        (D(2026, 1, 19), D(2026, 1, 19), "Martin Luther King Jr. Day"),
        (D(2026, 2, 16), D(2026, 2, 20), "Midwinter recess"),
        (D(2026, 4, 3), D(2026, 4, 3), "Spring holiday"),
        (D(2026, 5, 25), D(2026, 5, 25), "Memorial Day"),
        (D(2026, 6, 19), D(2026, 6, 19), "Juneteenth"),
    ];

    private DemoCalendar(List<DemoCalendarDay> weekdays)
    {
        Weekdays = weekdays;
        Days = new SchoolDays(weekdays.Where(day => day.IsInstructional).Select(day => day.Date));
    }

    /// <summary>Every weekday from the first school day to the last.</summary>
    public IReadOnlyList<DemoCalendarDay> Weekdays { get; }

    public SchoolDays Days { get; }

    /// <summary>The first <paramref name="count"/> school days of the year.</summary>
    internal static DemoCalendar OfLength(DemoStyle style, int count) =>
        While(style, (_, instructional) => instructional <= count);

    /// <summary>The year up to <paramref name="last"/> inclusive.</summary>
    internal static DemoCalendar Through(DemoStyle style, DateOnly last) =>
        While(style, (date, _) => date <= last);

    /// <summary>Whether the day before in the calendar is no school day of this school: a Monday, or the first day after a
    /// closure. The year's first day is one too.</summary>
    public bool IsFirstDayBack(int day) => day == 0 || Days[day - 1] != Days[day].AddDays(-1);

    private static DemoCalendar While(DemoStyle style, Func<DateOnly, int, bool> goesOn)
    {
        var closures = style == DemoStyle.England ? EnglandClosures : UsClosures;
        var weekdays = new List<DemoCalendarDay>();
        var instructional = 0;
        for (var date = FirstDay; ; date = date.AddDays(1))
        {
            if (date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var reason = Array.Find(closures, closure => date >= closure.From && date <= closure.To).Reason ?? "";
            if (!goesOn(date, reason.Length == 0 ? ++instructional : instructional)) break;
            weekdays.Add(new DemoCalendarDay(date, reason.Length == 0, reason));
        }
        while (weekdays.Count > 0 && !weekdays[^1].IsInstructional) weekdays.RemoveAt(weekdays.Count - 1);
        return new DemoCalendar(weekdays);
    }

    private static DateOnly D(int year, int month, int day) => new(year, month, day);
}
