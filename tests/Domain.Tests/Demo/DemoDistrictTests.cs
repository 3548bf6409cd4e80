using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Tests.Demo;

public sealed class DemoDistrictTests
{
    [Fact]
    public void Create_SameOptions_SameBytes()
    {
        var options = new DemoOptions { Students = 600 };
        Assert.Equal(Hashes(options), Hashes(options));
        Assert.NotEqual(Hashes(options)["attendance-england.csv"], Hashes(options with { Seed = 1 })["attendance-england.csv"]);
    }

    [Fact]
    public void Create_OnAnyMachine_TheseBytes() =>
        // Whoever means to change what a seed gives puts the new value here.
        Assert.Equal("2A27C009BCACD2F4", Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(Hashes(new DemoOptions { Students = 600 }).Values))))[..16]);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(7, 29)]
    [InlineData(40, 31)]
    public void Create_Tiny_IsStillADistrict(int students, int days)
    {
        var files = DemoFilesTests.Write(new DemoOptions { Students = students, Days = days });
        Assert.Contains(files["students.csv"], letter => letter == (byte)'1');
        Assert.Equal(2, DemoDistrict.Create(new DemoOptions { Students = students, Days = days }).Schools.Count);
    }

    [Fact]
    public void Create_Default_EndsOnTheSameThursdayEverywhere()
    {
        var district = DemoDistrict.Create(new DemoOptions());
        Assert.Equal(new DateOnly(2026, 3, 19), district.LastSchoolDay);
        Assert.All(district.Schools, school => Assert.Equal((120, district.LastSchoolDay), (school.Calendar.Days.Count, school.Calendar.Days.Dates[^1])));
        Assert.Equal(8, district.Schools.Count);
        Assert.Equal(4, district.Schools.Count(school => school.Style == DemoStyle.England));
    }

    [Fact]
    public void Create_OtherPupilsInTheDistrict_ChangeNobodysMarks()
    {
        var small = DemoDistrict.Create(new DemoOptions { Students = 300, Schools = 1, Styles = DemoStyles.England, Lifelike = false });
        var large = DemoDistrict.Create(new DemoOptions { Students = 600, Schools = 1, Styles = DemoStyles.England, Lifelike = false });
        for (var day = 0; day < 120; day++)
            Assert.True(small.Schools[0].Session(day, 0).SequenceEqual(large.Schools[0].Session(day, 0)[..300]));
    }

    [Fact]
    public void Create_SnowDay_HalfOfOneSchoolIsOut()
    {
        var school = DemoDistrict.Create(new DemoOptions()).Schools.First(school => school.Style == DemoStyle.UsDaily);
        var day = school.Calendar.Days.IndexOf(DemoEvents.SnowDay);
        Assert.InRange(AbsentShare(school, day, 0), 0.50, 0.68);
        Assert.InRange(AbsentShare(school, day - 1, 0), 0.02, 0.15);
    }

    [Fact]
    public void Create_UntakenRegister_NobodyPresentThatAfternoonOnly()
    {
        var school = DemoDistrict.Create(new DemoOptions()).Schools.First(school => school.Style == DemoStyle.England);
        var day = school.Calendar.Days.IndexOf(DemoEvents.UntakenRegister);
        Assert.Equal(1, AbsentShare(school, day, 1));
        Assert.InRange(AbsentShare(school, day, 0), 0.02, 0.15);
    }

    [Fact]
    public void Stories_DefaultDemo_EachPupilOnceAndOnRollAtTheEnd()
    {
        var district = DemoDistrict.Create(new DemoOptions());
        Assert.Equal(DemoStoryBook.Plots.Count, district.Stories.Count);
        Assert.Distinct(district.Stories.Select(story => story.Student));
        foreach (var story in district.Stories)
        {
            var last = district.Enrollments().Where(enrollment => enrollment.Student == story.Student).MaxBy(enrollment => enrollment.Entry)!;
            Assert.Equal((story.School, null, story.GivenName), (last.School, last.Exit, last.GivenName));
        }
        Assert.Single(district.OptOuts);
    }

    [Theory]
    [InlineData(DemoStoryBook.NeedsDays - 1, 3000, 0)]
    [InlineData(DemoStoryBook.NeedsDays, 3000, 9)]
    [InlineData(120, DemoStoryBook.NeedsStudents - 1, 0)]
    public void Stories_OnTheEdgeOfWhatTheyNeed_ThereOrNot(int days, int students, int expected) =>
        Assert.Equal(expected, DemoDistrict.Create(new DemoOptions { Days = days, Students = students }).Stories.Count);

    [Fact]
    public void Stories_Transfer_HistoryIsInBothSchoolsWithoutAGap()
    {
        var district = DemoDistrict.Create(new DemoOptions());
        var story = district.Stories.Single(story => story.Title == "New school, same year");
        var enrollments = district.Enrollments().Where(enrollment => enrollment.Student == story.Student).OrderBy(e => e.Entry).ToArray();
        Assert.Equal(2, enrollments.Length);
        var days = district.Schools[0].Calendar.Days;
        Assert.Equal(days.IndexOf(enrollments[0].Exit!.Value) + 1, days.IndexOf(enrollments[1].Entry));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 191)]
    public void Create_OutsideItsRange_IsRefused(int students, int days) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoDistrict.Create(new DemoOptions { Students = students, Days = days }));

    [Fact]
    public void Create_LongestYear_HasAllItsDays()
    {
        var district = DemoDistrict.Create(DemoOptions.ForBenchmark(10, DemoOptions.MaxDays, 1));
        Assert.Equal(DemoOptions.MaxDays, district.Schools[0].Calendar.Days.Count);
        Assert.Equal(DemoOptions.MaxDays, DemoDistrict.Create(new DemoOptions { Students = 10, Days = 190 }).Schools[0].Calendar.Days.Count);
    }

    private static double AbsentShare(DemoSchool school, int day, int session)
    {
        var marks = Enumerable.Range(0, school.SlotCount).Select(slot => school.MarkAt(day, session, slot)).Where(mark => mark.IsPossible).ToArray();
        return (double)marks.Count(mark => mark.IsAbsent) / marks.Length;
    }

    private static SortedDictionary<string, string> Hashes(DemoOptions options) =>
        new(DemoFilesTests.Write(options).ToDictionary(file => file.Key, file => Convert.ToHexString(SHA256.HashData(file.Value))));
}
