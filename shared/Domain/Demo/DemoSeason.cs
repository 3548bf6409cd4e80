namespace SchoolSignal.Domain.Demo;

/// <summary>How much likelier than on an average day an absence begins on each school day (evidence.md §7: weekday,
/// season, the days before a holiday).</summary>
internal static class DemoSeason
{
    // Monday to Friday. Beginnings, not absences: a spell runs on into the next days, so these vary more than the 43 % of
    // absences that fall on Mondays and Fridays. Set by trial against that figure (DemoCalibrationTests).
    private static readonly double[] Weekday = [1.10, 0.87, 0.91, 0.93, 1.22];

    // January to December: low in September, highest in the weeks before Christmas.
    private static readonly double[] Month = [1.10, 1.05, 1.00, 0.95, 0.92, 1.00, 1.05, 1.00, 0.78, 0.92, 1.05, 1.40];

    /// <summary>The week before a holiday rises by about a seventh, its last day by a quarter.</summary>
    private const double LastWeek = 1.15;
    private const double LastDay = 1.25;

    /// <summary>A break of this many days without school, weekends included, is a holiday. Inclusive.</summary>
    private const int HolidayFrom = 5;

    public static double[] Factors(DemoCalendar calendar)
    {
        var days = calendar.Days;
        var factors = new double[days.Count];
        for (var day = 0; day < factors.Length; day++)
        {
            var date = days[day];
            factors[day] = Weekday[(int)date.DayOfWeek - 1] * Month[date.Month - 1];
            if (DaysBeforeHoliday(calendar, day) is { } before)
                factors[day] *= before == 0 ? LastDay : LastWeek;
        }
        return factors;
    }

    /// <summary>0 on the last day before a holiday, up to 4; null on other days. A holiday after the demo's last day is not
    /// known and does not count.</summary>
    public static int? DaysBeforeHoliday(DemoCalendar calendar, int day)
    {
        var days = calendar.Days;
        for (var before = 0; before < 5 && day + before + 1 < days.Count; before++)
            if (days[day + before + 1].DayNumber - days[day + before].DayNumber > HolidayFrom)
                return before;
        return null;
    }
}
