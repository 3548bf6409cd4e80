using SchoolSignal.Domain.Referrals.Cases;
using SchoolSignal.Pages.Referrals;

namespace SchoolSignal.Functions.Tests.Referrals;

/// <summary>Months as they hang on a wall.</summary>
public sealed class AttendanceMonthTests
{
    [Theory]
    // Begins on a Wednesday, ends on a Thursday.
    [InlineData(2026, 4, "--123 678910 1314151617 2021222324 27282930-")]
    // Begins on a Monday and ends on a Tuesday.
    [InlineData(2025, 6, "23456 910111213 1617181920 2324252627 30----")]
    // Begins on a Saturday: no empty week stands above the first Monday; begins on a Sunday and ends on a Saturday.
    [InlineData(2025, 11, "34567 1011121314 1718192021 2425262728")]
    [InlineData(2026, 2, "23456 910111213 1617181920 2324252627")]
    public void WeeksOf_AMonth_PutsEachDayUnderItsWeekday(int year, int month, string weeks)
    {
        var shown = MonthOf(new DateOnly(year, month, 1));
        var weekdays = AttendanceMonth.WeekdaysOf([shown]);
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday], weekdays);
        var wall = shown.WeeksOf(weekdays);
        Assert.Equal(weeks, string.Join(' ', wall.Select(week => string.Concat(week.Select(day => day?.Day.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-")))));
        Assert.All(wall, week => Assert.All(week.Index(), day => Assert.True(day.Item is null || day.Item.Value.DayOfWeek == weekdays[day.Index])));
    }

    [Fact]
    public void WeeksOf_AMonthWithAHolidayAndASaturdayOfSchool_KeepsTheHolidaysPlaceAndTheSaturdaysColumn()
    {
        var (holiday, saturday) = (new DateOnly(2026, 4, 3), new DateOnly(2026, 4, 18));
        var month = MonthOf(new DateOnly(2026, 4, 1), day => day != holiday && (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) || day == saturday));
        var weekdays = AttendanceMonth.WeekdaysOf([month, MonthOf(new DateOnly(2026, 5, 1))]);
        Assert.Equal(DayOfWeek.Saturday, weekdays[^1]);
        var wall = month.WeeksOf(weekdays);
        Assert.Equal(holiday, wall[0][4]);
        Assert.Null(month.On(holiday));
        Assert.Equal((saturday, saturday), (wall[2][5], month.On(saturday)!.Value.Date));
    }

    private static AttendanceMonth MonthOf(DateOnly first, Func<DateOnly, bool>? isSchoolDay = null) => Assert.Single(AttendanceMonth.Of(
    [
        .. Enumerable.Range(0, DateTime.DaysInMonth(first.Year, first.Month)).Select(first.AddDays)
            .Where(isSchoolDay ?? (day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)))
            .Select(day => new AttendanceDay(day, CaseSite.Oakfield, DayMark.Present, 2, 0)),
    ]));
}
