using SchoolSignal.Domain.Screening;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening;

public sealed class SchoolBaselineTests
{
    [Theory]
    // The median of the days before is 5 of 100.
    [InlineData(100, 20, true)]
    [InlineData(100, 19, false)]
    [InlineData(20, 4, true)]
    [InlineData(19, 19, false)]
    [InlineData(19, 10, false)]
    [InlineData(100, 100, false)]
    public void IsExceptional_OnTheEdge_IsInclusive(int possible, int absent, bool exceptional)
    {
        var builder = new RegisterBuilder().Weekdays(Screenings.Start, 21).Pupil("ada", "");
        for (var day = 0; day < 20; day++) builder.Totals(day, 100, day % 2 == 0 ? 5 : 5 + (day % 3) - 1);
        builder.Totals(20, possible, absent);
        Assert.Equal(exceptional, builder.Build().Baseline().IsExceptional(20, 0));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(4, false)]
    public void IsExceptional_FewKnownDays_GiveNoMedian(int known, bool exceptional)
    {
        var builder = new RegisterBuilder().Weekdays(Screenings.Start, 21).Pupil("ada", "");
        // Nobody present of ten or more: the register was not taken.
        for (var day = 0; day < 20; day++) builder.Totals(day, 100, day < known ? 5 : 100);
        builder.Totals(20, 100, 60);
        Assert.Equal(exceptional, builder.Build().Baseline().IsExceptional(20, 0));
    }

    [Fact]
    public void IsExceptional_TwoSessions_ComparesLikeWithLike()
    {
        var builder = new RegisterBuilder().AmPm().Weekdays(Screenings.Start, 21).Pupil("ada", "");
        for (var day = 0; day < 21; day++) builder.Totals(day, 100, 20, session: 1);
        builder.Totals(20, 100, 20, session: 0);
        var school = builder.Build().Baseline();
        Assert.Equal((true, false), (school.IsExceptional(20, 0), school.IsExceptional(20, 1)));
    }

    [Fact]
    public void Of_TotalsTooShort_AreRefused()
    {
        var register = Screenings.One("/////").Register;
        var cut = new RegisterBuilder().Weekdays(Screenings.Start, 3).Pupil("ada", "///").Build().Register.Totals;
        Assert.Throws<ArgumentException>(() => SchoolBaseline.Of(
            new Domain.Attendance.SchoolYearRegister
            {
                School = register.School,
                Year = register.Year,
                Days = register.Days,
                Scheme = register.Scheme,
                Totals = cut,
                Blocks = register.Blocks,
            },
            Screenings.Start));
    }
}
