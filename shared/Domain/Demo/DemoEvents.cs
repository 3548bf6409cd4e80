namespace SchoolSignal.Domain.Demo;

/// <summary>What happens to whole schools. None of it may raise anybody: screening compares a pupil with the school's same
/// day.</summary>
internal static class DemoEvents
{
    /// <summary>The first US-style school loses more than half of its pupils to snow.</summary>
    public static readonly DateOnly SnowDay = new(2026, 1, 27);

    private const double SnowShare = 0.55;

    /// <summary>The first England-style primary school has flu.</summary>
    public static readonly IReadOnlyList<DateOnly> FluWeek = [.. Enumerable.Range(26, 5).Select(day => new DateOnly(2026, 1, day))];

    private const double FluFactor = 3;

    /// <summary>The one oddity: the first England-style school took no register this afternoon, and its system filled in N
    /// (no reason yet) for everybody. A register with nobody present is unknown, not a school full of truants.</summary>
    public static readonly DateOnly UntakenRegister = new(2025, 11, 12);

    public static void Flu(DemoCalendar calendar, double[] factors)
    {
        foreach (var date in FluWeek)
            if (calendar.Days.IndexOf(date) is >= 0 and var day)
                factors[day] *= FluFactor;
    }

    public static void Snow(DemoSchool school, DemoRandom random)
    {
        var day = school.Calendar.Days.IndexOf(SnowDay);
        if (day < 0) return;
        foreach (ref var mark in school.Session(day, 0))
            if (mark != DemoMark.NotOnRoll && !mark.IsAbsent() && random.Chance(SnowShare))
                mark = DemoMark.AuthorisedOther;
    }

    public static void LeaveRegisterUntaken(DemoSchool school)
    {
        var day = school.Calendar.Days.IndexOf(UntakenRegister);
        if (day < 0) return;
        foreach (ref var mark in school.Session(day, 1))
            if (mark != DemoMark.NotOnRoll)
                mark = DemoMark.NoReasonYet;
    }
}
