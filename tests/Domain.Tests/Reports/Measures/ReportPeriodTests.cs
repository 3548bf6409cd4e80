using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Tests.Reports.Measures;

public sealed class ReportPeriodTests
{
    [Theory]
    [InlineData("2026-03-09", "2026-03-09")]    // a Monday
    [InlineData("2026-03-15", "2026-03-09")]    // the Sunday after it
    [InlineData("2026-03-16", "2026-03-16")]
    public void WeekOf_Day_BeginsOnItsMonday(string day, string monday)
    {
        var week = ReportPeriod.WeekOf(DateOnly.Parse(day, null));
        Assert.Equal((DateOnly.Parse(monday, null), DateOnly.Parse(monday, null).AddDays(6)), (week.First, week.Last));
    }

    [Theory]
    [InlineData("week-2026-03-09")]
    [InlineData("term-2025-11-01-2026-01-31")]
    public void Parse_Key_GivesThePeriodBack(string key)
    {
        Assert.Equal(key, ReportPeriod.Parse(key).Key);
        Assert.Equal(key + ".r12", ReportId.Parse(key + ".r12").ToString());
    }

    [Theory]
    [InlineData("week-2026-03-10")]             // not a Monday
    [InlineData("week-2026-3-9")]
    [InlineData("term-2026-02-01-2026-01-31")]  // ends before it begins
    [InlineData("term-2026-02-01")]
    [InlineData("")]
    [InlineData(null)]
    public void TryParse_OtherText_IsNoPeriod(string? key) => Assert.False(ReportPeriod.TryParse(key, out _));

    [Theory]
    [InlineData("week-2026-03-09")]
    [InlineData("week-2026-03-09.r0")]
    [InlineData("week-2026-03-09.r01")]
    [InlineData("week-2026-03-09.r-1")]
    [InlineData("week-2026-03-09.r1000000")]
    public void TryParse_OtherText_IsNoReport(string text) => Assert.False(ReportId.TryParse(text, out _));

    [Fact]
    public void TermsOf_SessionsInsideAWholeYear_TakesTheShorterOnes()
    {
        var year = new SchoolYear(2026);
        CalendarSession[] sessions =
        [
            new("Year", new DateOnly(2025, 9, 1), new DateOnly(2026, 6, 30)),
            new("Autumn", new DateOnly(2025, 9, 1), new DateOnly(2025, 12, 19)),
            new("Spring", new DateOnly(2026, 1, 5), new DateOnly(2026, 3, 27)),
        ];
        Assert.Equal(["term-2025-09-01-2025-12-19", "term-2026-01-05-2026-03-27"], ReportPeriod.TermsOf(year, sessions).Select(t => t.Key));
    }

    [Fact]
    public void TermsOf_NoSessions_AreThreeMonthsEach() => Assert.Equal(
        ["term-2025-08-01-2025-10-31", "term-2025-11-01-2026-01-31", "term-2026-02-01-2026-04-30", "term-2026-05-01-2026-07-31"],
        ReportPeriod.TermsOf(new SchoolYear(2026), []).Select(t => t.Key));

    [Theory]
    [InlineData("K", GradeBand.ToGrade5)]
    [InlineData("Reception", GradeBand.ToGrade5)]
    [InlineData("5", GradeBand.ToGrade5)]
    [InlineData("06", GradeBand.Grades6To8)]
    [InlineData("Year 8", GradeBand.Grades6To8)]
    [InlineData("Grade 9", GradeBand.FromGrade9)]
    [InlineData("13", GradeBand.FromGrade9)]
    [InlineData("小6", GradeBand.Grades6To8)]
    [InlineData("小３", GradeBand.ToGrade5)]
    [InlineData("中2", GradeBand.Grades6To8)]
    [InlineData("中3", GradeBand.FromGrade9)]
    [InlineData("高1", GradeBand.FromGrade9)]
    [InlineData("Mixed", GradeBand.NotStated)]
    [InlineData("", GradeBand.NotStated)]
    [InlineData(null, GradeBand.NotStated)]
    public void BandOf_Grade_AsRostersWriteIt(string? grade, GradeBand band) => Assert.Equal(band, GradeBands.Of(grade));
}
