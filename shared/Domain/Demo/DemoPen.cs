using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Demo;

/// <summary>Writes a story into a pupil's register, over one school or, after a move, two of the same calendar.</summary>
internal sealed class DemoPen(
    StudentUniqueId student, DemoCalendar calendar, IReadOnlyList<(DemoSchool School, int Slot)> places, List<DemoObservation> forms)
{
    /// <summary>First days back among the last <paramref name="within"/> days, counted back from the last.</summary>
    public IEnumerable<int> FirstDaysBack(int within) =>
        Enumerable.Range(0, within).Where(daysAgo => calendar.IsFirstDayBack(Day(daysAgo)));

    public void Absent(DemoMark reason, params ReadOnlySpan<int> daysAgo)
    {
        foreach (var ago in daysAgo)
            for (var session = 0; session < places[0].School.SessionsPerDay; session++)
                Set(Day(ago), session, reason);
    }

    public void AbsentOn(DemoMark reason, IEnumerable<DateOnly> dates)
    {
        foreach (var date in dates)
            if (calendar.Days.IndexOf(date) is >= 0 and var day)
                Absent(reason, calendar.Days.Count - 1 - day);
    }

    public void Late(params ReadOnlySpan<int> daysAgo)
    {
        foreach (var ago in daysAgo) Set(Day(ago), 0, DemoMark.Late);
    }

    public void AfternoonOff(DemoMark reason, params ReadOnlySpan<int> daysAgo)
    {
        foreach (var ago in daysAgo) Set(Day(ago), 1, reason);
    }

    public void Observed(int daysAgo, string observer, params byte?[] items) =>
        forms.Add(new DemoObservation(calendar.Days[Day(daysAgo)], student, observer, items));

    private int Day(int ago) => calendar.Days.Count - 1 - ago;

    private void Set(int day, int session, DemoMark mark)
    {
        foreach (var (school, slot) in places)
        {
            ref var at = ref school.At(day, session, slot);
            if (at != DemoMark.NotOnRoll) at = mark;
        }
    }
}
