using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Tests.Calendars;

public sealed class InstructionalDaysTests
{
    private static readonly SchoolYear Year = new(2026);
    private static readonly SchoolId School = SchoolId.Parse("7001");

    // Ten weekdays, Monday to Friday twice.
    private static readonly CalendarSession Fortnight = new("Fortnight", new DateOnly(2025, 9, 1), new DateOnly(2025, 9, 12));

    [Fact]
    public void Decide_NoCalendar_TakesWeekdaysOfTheCoverageAndWarns()
    {
        var decided = InstructionalDays.Decide(null, Year, [new Coverage(new DateOnly(2025, 9, 5), new DateOnly(2025, 9, 8)), new Coverage(new DateOnly(2025, 9, 8), new DateOnly(2025, 9, 9))]);

        Assert.Equal(CalendarBasis.CoverageWeekdays, decided.Basis);
        Assert.Equal([new(2025, 9, 5), new(2025, 9, 8), new(2025, 9, 9)], decided.Days.Dates.ToArray());
        Assert.NotNull(decided.Warning);
    }

    [Fact]
    public void Decide_NothingAtAll_HasNoDaysAndSaysSo()
    {
        var decided = InstructionalDays.Decide(null, Year, []);

        Assert.Equal((CalendarBasis.None, 0), (decided.Basis, decided.Days.Count));
        Assert.NotNull(decided.Warning);
    }

    [Theory]
    [InlineData(4, CalendarBasis.SessionWeekdays, 10)]
    [InlineData(5, CalendarBasis.StatedDays, 5)]
    public void Decide_SessionHalfNamed_IsCompleteFromHalfOfItsWeekdays(int stated, CalendarBasis basis, int days)
    {
        var decided = InstructionalDays.Decide(Calendar([Fortnight], [.. Taught(Fortnight.Begin, stated)]), Year, []);

        Assert.Equal((basis, days), (decided.Basis, decided.Days.Count));
        Assert.Equal(basis == CalendarBasis.StatedDays, decided.Warning is null);
    }

    [Theory]
    [InlineData(3, CalendarBasis.StatedDays, 3)]
    [InlineData(4, CalendarBasis.SessionWeekdays, 10)]
    public void Decide_StatedTotalReached_IsComplete(int total, CalendarBasis basis, int days)
    {
        var decided = InstructionalDays.Decide(Calendar([Fortnight with { TotalInstructionalDays = total }], [.. Taught(Fortnight.Begin, 3)]), Year, []);

        Assert.Equal((basis, days), (decided.Basis, decided.Days.Count));
    }

    [Fact]
    public void Decide_IncompleteSession_LessClosuresPlusStatedDaysOutside()
    {
        var decided = InstructionalDays.Decide(
            Calendar([Fortnight], [new(new DateOnly(2025, 9, 1), false, "Labor Day"), new(new DateOnly(2025, 9, 13), true), new(new DateOnly(2025, 9, 15), true)]), Year, []);

        Assert.Equal(11, decided.Days.Count);
        Assert.Equal(-1, decided.Days.IndexOf(new DateOnly(2025, 9, 1)));
        Assert.True(decided.Days.IndexOf(new DateOnly(2025, 9, 13)) >= 0);
        Assert.Contains("Fortnight", decided.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_OneSessionNamedTheOtherNot_TakesEachByItsOwnRule()
    {
        var next = new CalendarSession("Next", new DateOnly(2025, 9, 15), new DateOnly(2025, 9, 19));
        var whole = new CalendarSession("Whole year", Fortnight.Begin, next.End);
        var decided = InstructionalDays.Decide(Calendar([Fortnight, next, whole], [.. Taught(Fortnight.Begin, 5)]), Year, []);

        Assert.Equal(10, decided.Days.Count);
        Assert.Equal(CalendarBasis.SessionWeekdays, decided.Basis);
    }

    [Fact]
    public void Decide_DaysWithoutSessions_AreCompleteWhereDense()
    {
        var dense = InstructionalDays.Decide(Calendar([], [.. Taught(Fortnight.Begin, 5), new(new DateOnly(2025, 9, 12), true)]), Year, []);
        Assert.Equal((CalendarBasis.StatedDays, 6), (dense.Basis, dense.Days.Count));

        var closuresOnly = InstructionalDays.Decide(
            Calendar([], [new(new DateOnly(2025, 9, 3), false, "Fair day")]), Year, [new Coverage(Fortnight.Begin, Fortnight.End)]);
        Assert.Equal((CalendarBasis.CoverageWeekdays, 9), (closuresOnly.Basis, closuresOnly.Days.Count));
    }

    [Fact]
    public void Decide_DatesOutsideTheYear_AreLeftOut()
    {
        var decided = InstructionalDays.Decide(
            Calendar([new("All", new DateOnly(2025, 7, 28), new DateOnly(2025, 8, 5))], [new(new DateOnly(2025, 7, 29), true)]), Year, []);

        Assert.Equal([new(2025, 8, 1), new(2025, 8, 4), new(2025, 8, 5)], decided.Days.Dates.ToArray());
    }

    [Fact]
    public void Over_SchoolAndDistrict_ClosuresOfTheDistrictHoldUnlessTheSchoolSaysOtherwise()
    {
        var district = SchoolCalendar.Empty(null, Year) with { Days = [new(new DateOnly(2025, 9, 1), false, "Labor Day"), new(new DateOnly(2025, 9, 2), false)] };
        var own = Calendar([Fortnight], [new(new DateOnly(2025, 9, 2), true)]);

        var merged = own.Over(district);

        Assert.Equal([(1, false), (2, true)], merged.Days.Select(d => (d.Date.Day, d.IsInstructional)));
        Assert.Equal([Fortnight], merged.Sessions);
    }

    private static SchoolCalendar Calendar(CalendarSession[] sessions, CalendarDay[] days) => new(School, Year, sessions, days);

    private static IEnumerable<CalendarDay> Taught(DateOnly monday, int count) =>
        Enumerable.Range(0, count).Select(i => new CalendarDay(monday.AddDays(i), true));
}
