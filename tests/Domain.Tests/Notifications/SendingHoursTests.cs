using SchoolSignal.Domain.Notifications;

namespace SchoolSignal.Domain.Tests.Notifications;

public sealed class SendingHoursTests
{
    private static readonly SendingHours London =
        new(TimeZoneInfo.FindSystemTimeZoneById("Europe/London"), new TimeOnly(18, 0), new TimeOnly(7, 0));

    [Theory]
    [InlineData("2026-03-19T07:00:00Z", "2026-03-19T07:00:00Z")]
    [InlineData("2026-03-19T17:59:59Z", "2026-03-19T17:59:59Z")]
    [InlineData("2026-03-19T18:00:00Z", "2026-03-20T07:00:00Z")]
    [InlineData("2026-03-19T06:59:59Z", "2026-03-19T07:00:00Z")]
    [InlineData("2026-03-20T18:00:00Z", "2026-03-23T07:00:00Z")]
    [InlineData("2026-03-21T10:00:00Z", "2026-03-23T07:00:00Z")]
    public void Next_AtTheEdgesOfQuietHoursAndWeekends_IsTheNextSchoolMorning(string now, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), London.Next(DateTimeOffset.Parse(now, null), IsWeekday));

    [Fact]
    public void Next_ClocksGoForwardOverTheWeekend_SevenOClockIsSevenOClock() =>
        // Summer time begins on Sunday 29 March 2026.
        Assert.Equal(DateTimeOffset.Parse("2026-03-30T06:00:00Z", null), London.Next(DateTimeOffset.Parse("2026-03-27T19:00:00Z", null), IsWeekday));

    [Fact]
    public void Next_AHoliday_IsNotASchoolDay()
    {
        var holiday = new DateOnly(2026, 3, 20);

        Assert.Equal(
            DateTimeOffset.Parse("2026-03-23T07:00:00Z", null),
            London.Next(DateTimeOffset.Parse("2026-03-20T10:00:00Z", null), day => day != holiday && IsWeekday(day)));
    }

    [Fact]
    public void Next_NoSchoolDayForMonths_WaitsForNothing()
    {
        var now = DateTimeOffset.Parse("2026-03-20T10:00:00Z", null);

        Assert.Equal(now, London.Next(now, _ => false));
    }

    private static bool IsWeekday(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
}
