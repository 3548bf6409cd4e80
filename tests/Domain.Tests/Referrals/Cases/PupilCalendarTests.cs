using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals.Cases;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Referrals.Cases;

public sealed class PupilCalendarTests
{
    private static readonly DateOnly Monday = new(2025, 9, 1);
    private static readonly SchoolId Oakfield = SchoolId.Parse("oakfield");
    private static readonly SchoolId Riverside = SchoolId.Parse("riverside");

    private static PupilRegister Place(BuiltRegister built) => PupilRegister.Find(built.Register, RegisterBuilder.KeyOf("Mara"))!;

    private static StudentProfile At(params (SchoolId School, int From, int? To)[] stays) =>
        new([.. stays.Select(s => new Enrollment(s.School, Monday.AddDays(s.From), s.To is { } to ? Monday.AddDays(to) : null))]);

    private static IReadOnlyList<DayMark> Marks(string letters, bool amPm = false)
    {
        var builder = new RegisterBuilder().School("oakfield").Weekdays(Monday, amPm ? letters.Length / 2 : letters.Length).Pupil("Mara", letters);
        return [.. PupilCalendar.Days(At((Oakfield, 0, null)), [Place((amPm ? builder.AmPm() : builder).Build())]).Select(d => d.Mark)];
    }

    [Fact]
    public void Days_WholeDayMarks_AreNamedByWhatTheyAre() => Assert.Equal(
        [
            DayMark.Present, DayMark.Late, DayMark.PartDay, DayMark.PartDay, DayMark.AbsentIll, DayMark.AbsentIll, DayMark.AbsentAuthorised,
            DayMark.AbsentUnauthorised, DayMark.AbsentUnauthorised, DayMark.AbsentUnauthorised, DayMark.NotRequired, DayMark.Unknown,
        ],
        Marks("/LEPIMCOUN#."));

    [Theory]
    [InlineData("//", DayMark.Present)]
    [InlineData("L/", DayMark.Late)]
    [InlineData("/I", DayMark.PartDay)]
    [InlineData("II", DayMark.AbsentIll)]
    [InlineData("IC", DayMark.AbsentAuthorised)]
    [InlineData("IN", DayMark.AbsentUnauthorised)]
    [InlineData("#I", DayMark.AbsentIll)]
    [InlineData("#/", DayMark.Present)]
    [InlineData("##", DayMark.NotRequired)]
    [InlineData("#.", DayMark.Unknown)]
    [InlineData(".I", DayMark.AbsentIll)]
    public void Days_MorningAndAfternoon_MakeOneWord(string letters, DayMark word) => Assert.Equal([word], Marks(letters, amPm: true));

    [Fact]
    public void Days_AfterATransfer_GoOnAtTheNewSchool()
    {
        var old = new RegisterBuilder().School("oakfield").Weekdays(Monday, 10).Pupil("Mara", "//I//OOOOO").Build();
        var now = new RegisterBuilder().School("riverside").Weekdays(Monday, 10).Pupil("Mara", ".....//L//").Build();
        var days = PupilCalendar.Days(At((Oakfield, 0, 4), (Riverside, 7, null)), [Place(old), Place(now)]);
        Assert.Equal([Oakfield, Oakfield, Oakfield, Oakfield, Oakfield, Riverside, Riverside, Riverside, Riverside, Riverside], days.Select(d => d.School));
        Assert.Equal((DayMark.AbsentIll, DayMark.Present, DayMark.Late), (days[2].Mark, days[5].Mark, days[7].Mark));
    }

    [Fact]
    public void Days_InTwoSchoolsAtOnce_TakeTheOthersMarkForASessionNotRequired()
    {
        var main = new RegisterBuilder().School("riverside").AmPm().Weekdays(Monday, 2).Pupil("Mara", "/#//").Build();
        var other = new RegisterBuilder().School("oakfield").Weekdays(Monday, 2).Pupil("Mara", "I/").Build();
        var days = PupilCalendar.Days(At((Oakfield, -30, null), (Riverside, 0, null)), [Place(main), Place(other)]);
        Assert.Equal([DayMark.PartDay, DayMark.Present], days.Select(d => d.Mark));
    }

    [Fact]
    public void Days_OffRollOrNobodyPresent_AreLeftOutOrUnknown()
    {
        var built = new RegisterBuilder().School("oakfield").Weekdays(Monday, 3).Pupil("Mara", "///").Totals(1, 10, 10).Build();
        Assert.Equal([DayMark.Present, DayMark.Unknown, DayMark.Present], PupilCalendar.Days(At((Oakfield, 0, null)), [Place(built)]).Select(d => d.Mark));
        Assert.Equal([Monday.AddDays(1)], PupilCalendar.Days(At((Oakfield, 1, 1)), [Place(built)]).Select(d => d.Date));
    }

    [Theory]
    [InlineData(4, 4, 0)]
    [InlineData(5, 5, 5)]
    [InlineData(5, 4, 0)]
    [InlineData(60, 7, 7)]
    [InlineData(60, 60, 45)]
    public void Change_DaysOnEachSide_AreEqualAndFromFiveToFortyFive(int before, int after, int counted)
    {
        var change = AttendanceChange.Of(Monday, [.. DaysAround(before, after, (_, _) => 0)]);
        Assert.Equal((counted, counted > 0), (change.Days, change.IsKnown));
    }

    [Fact]
    public void Change_FewerAbsencesAfterwards_CountsSessionsOfEachSideWithoutTheDayItself()
    {
        var days = DaysAround(20, 10, (isAfter, i) => isAfter ? (i < 2 ? 1 : 0) : 2).Append(new AttendanceDay(Monday, Oakfield, DayMark.AbsentIll, 2, 2))
            .Append(new AttendanceDay(Monday.AddDays(100), Oakfield, DayMark.Unknown, 0, 0)).OrderBy(d => d.Date).ToList();
        Assert.Equal(new AttendanceChange(Monday, 10, 1m, 0.1m), AttendanceChange.Of(Monday, days));
    }

    private static IEnumerable<AttendanceDay> DaysAround(int before, int after, Func<bool, int, int> absent)
    {
        for (var i = before; i > 0; i--) yield return new AttendanceDay(Monday.AddDays(-i), Oakfield, DayMark.Present, 2, absent(false, i));
        for (var i = 0; i < after; i++) yield return new AttendanceDay(Monday.AddDays(i + 1), Oakfield, DayMark.Present, 2, absent(true, i));
    }
}
