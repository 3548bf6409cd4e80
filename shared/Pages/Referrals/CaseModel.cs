using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Cases;

namespace SchoolSignal.Pages.Referrals;

/// <summary>A case's page.</summary>
/// <param name="MayWork">Whether the reader may also act.</param>
/// <param name="Done">The step that was just taken, by its name in an address; null if none was.</param>
/// <param name="Attempt">A step that was not taken, with what was typed; null if none was tried.</param>
public sealed record CaseModel(CaseFile File, bool MayWork, string? Done, CaseAttempt? Attempt)
{
    public Referral Referral => File.Referral;

    /// <summary>Attendance by month, the latest school year's last.</summary>
    public IReadOnlyList<AttendanceMonth> Months { get; } = AttendanceMonth.Of(File.Days);

    /// <summary>Whether the state of the referral offers a step to a person.</summary>
    public bool Offers(ReferralAction action) => MayWork && ReferralStates.Next(Referral.State, action) is not null && action switch
    {
        ReferralAction.FinishNext => Referral.NextStep is not null,
        ReferralAction.Wake => Referral.IsSnoozedOn(File.Today),
        _ => true,
    };

    /// <summary>What was typed into a field of a step that was not taken.</summary>
    public string? Typed(string step, string field) => Attempt is { } attempt && attempt.Step == step ? attempt.Typed.GetValueOrDefault(field) : null;

    /// <summary>A box of that step was ticked when it was sent, or is by default.</summary>
    public bool IsTicked(string step, string field, bool byDefault) => Attempt is { } attempt && attempt.Step == step ? attempt.Typed.ContainsKey(field) : byDefault;

    /// <summary>What kept the step from being taken; null for any other step.</summary>
    public CaseProblem? ProblemOf(string step) => Attempt is { } attempt && attempt.Step == step ? attempt.Problem : null;
}

/// <summary>A step somebody tried, which was not taken.</summary>
/// <param name="Step">Its name in an address.</param>
/// <param name="Typed">The form's fields as they were sent.</param>
/// <param name="Since">What others did meanwhile.</param>
public sealed record CaseAttempt(string Step, IReadOnlyDictionary<string, string> Typed, CaseProblem Problem, IReadOnlyList<CaseLine> Since);

/// <summary>Why a step was not taken.</summary>
public abstract record CaseProblem(string Key)
{
    /// <summary>Somebody was faster.</summary>
    public sealed record Changed() : CaseProblem("Cases.Problem.Changed");

    public sealed record NotPermitted() : CaseProblem("Cases.Problem.NotPermitted");

    public sealed record DayMissing() : CaseProblem("Cases.Problem.DayMissing");

    public sealed record Day(DateOnly First, DateOnly Last) : CaseProblem("Cases.Problem.Day");

    /// <summary>Empty or too long.</summary>
    public sealed record Text() : CaseProblem("Cases.Problem.Text");

    /// <summary>Nothing was chosen, or nothing there is.</summary>
    public sealed record Choice() : CaseProblem("Cases.Problem.Choice");
}

/// <summary>A month of a pupil's school days, as the calendar shows it.</summary>
/// <param name="Days">By day of the month, 1 first; null where there is no school day.</param>
public sealed record AttendanceMonth(DateOnly First, IReadOnlyList<AttendanceDay?> Days)
{
    /// <summary>The month as weeks, each the days of those weekdays; null where a weekday lies in another month.</summary>
    /// <param name="weekdays">In the order of a week that begins on Monday.</param>
    public IReadOnlyList<IReadOnlyList<DateOnly?>> WeeksOf(IReadOnlyList<DayOfWeek> weekdays)
    {
        var monday = First.AddDays(-Monday0(First.DayOfWeek));
        var weeks = new List<IReadOnlyList<DateOnly?>>();
        for (; monday < First.AddMonths(1); monday = monday.AddDays(7))
        {
            var week = weekdays.Select(weekday => monday.AddDays(Monday0(weekday))).Select(day => day.Month == First.Month ? day : (DateOnly?)null).ToList();
            if (week.Exists(day => day is not null)) weeks.Add(week);
        }
        return weeks;
    }

    /// <summary>Null where there is no school on that day.</summary>
    public AttendanceDay? On(DateOnly day) => Days[day.Day - 1];

    /// <summary>The weekdays school is held on in any of the months, Monday first.</summary>
    public static IReadOnlyList<DayOfWeek> WeekdaysOf(IReadOnlyList<AttendanceMonth> months) =>
        [.. months.SelectMany(month => month.Days.OfType<AttendanceDay>()).Select(day => day.Date.DayOfWeek).Distinct().OrderBy(Monday0)];

    private static int Monday0(DayOfWeek weekday) => ((int)weekday + 6) % 7;

    public int SchoolDays => Days.Count(day => day is not null);

    public int Absent => Days.Count(day => day?.IsAbsent == true);

    /// <summary>The month's days of each kind, those present left out.</summary>
    public IEnumerable<IGrouping<DayMark, DateOnly>> Notable =>
        from day in Days.OfType<AttendanceDay>()
        where day.Mark != DayMark.Present
        orderby day.Mark, day.Date
        group day.Date by day.Mark;

    /// <param name="days">Ascending.</param>
    public static IReadOnlyList<AttendanceMonth> Of(IReadOnlyList<AttendanceDay> days)
    {
        var months = new List<AttendanceMonth>();
        foreach (var month in days.GroupBy(day => new DateOnly(day.Date.Year, day.Date.Month, 1)))
        {
            var row = new AttendanceDay?[31];
            foreach (var day in month) row[day.Date.Day - 1] = day;
            months.Add(new AttendanceMonth(month.Key, row));
        }
        return months;
    }
}
