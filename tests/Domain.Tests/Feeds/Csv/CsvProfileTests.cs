using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

public sealed class CsvProfileTests
{
    private const string Own =
        """
        { "id": "own", "delimiter": "|", "encoding": "windows-1252", "kind": "snapshot", "codeSet": "england-2024",
          "columns": { "student": "Pupil", "date": "Day", "session": "S", "code": "M" },
          "dateFormats": ["dd.MM.yyyy"], "sessions": { "1": "am", "2": "pm" }, "foldPeriods": { "absentFrom": 1 } }
        """;

    [Fact]
    public void Shipped_EveryProfile_SaysWhatIsKnownAndProvisionalAndNamesASetThatExists()
    {
        Assert.Equal(
            ["england-2024", "generic", "infinite-campus", "powerschool", "skyward", "us-daily"],
            CsvProfiles.Shipped.All.Select(profile => profile.Id).Order(StringComparer.Ordinal));
        Assert.All(CsvProfiles.Shipped.All, profile =>
        {
            Assert.NotEmpty(profile.Known);
            Assert.NotEmpty(profile.Provisional);
            Assert.True(profile.CodeSetId is null || CodeSetLibrary.Shipped.Find(profile.CodeSetId) is not null);
        });
    }

    [Fact]
    public void Load_DistrictProfile_ReadsItsFile()
    {
        var profile = Assert.IsType<CsvProfileLoad.Loaded>(CsvProfile.Load(Own, "own.json")).Profile;
        var reading = CsvReading.Of("Pupil|Day|S|M\n1|05.09.2024|1|/\n1|05.09.2024|2|I\n1|05.09.2024|3|I\n", new CsvReadOptions { Profile = profile });
        Assert.Equal([SessionOfDay.Am, SessionOfDay.Pm], reading.Rows.Select(row => row.Session));
        Assert.Equal("S", Assert.Single(reading.Refused).Field);
        Assert.Same(profile, CsvProfiles.Shipped.With([profile]).Find("OWN"));
    }

    [Fact]
    public void Load_FaultyProfile_TellsEveryFaultWithFileAndField()
    {
        var errors = Assert.IsType<CsvProfileLoad.Invalid>(CsvProfile.Load(
            """
            { "colour": 1, "delimiter": ",,", "encoding": "ebcdic", "kind": "some", "columns": { "pupil": "x", "date": [] },
              "dateFormats": ["dd/MM/yyyy", "MM/dd/yyyy", "whenever"], "sessions": { "1": "noon" }, "foldPeriods": { "absentFrom": 1.01 } }
            """, "own.json")).Errors;
        Assert.All(errors, error => Assert.StartsWith("own.json", error, StringComparison.Ordinal));
        foreach (var field in new[] { "colour", "id is missing", "delimiter", "encoding", "kind", "'pupil'", "'date'", "'student'", "'code'", "'whenever'", "day-first and month-first", "sessions '1'", "absentFrom" })
            Assert.Contains(errors, error => error.Contains(field, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("0.001", true)]
    [InlineData("1", true)]
    [InlineData("1.001", false)]
    public void Load_FoldShare_IsAboveZeroAndAtMostOne(string share, bool valid) =>
        Assert.Equal(valid, CsvProfile.Load(Own.Replace("\"absentFrom\": 1", $"\"absentFrom\": {share}", StringComparison.Ordinal), "own.json") is CsvProfileLoad.Loaded);

    [Fact]
    public void Read_ProfileNamesAMissingCodeSet_IsRefused()
    {
        var profile = Assert.IsType<CsvProfileLoad.Loaded>(CsvProfile.Load(Own.Replace("england-2024", "nowhere", StringComparison.Ordinal), "own.json")).Profile;
        Assert.Contains("'nowhere'", CsvReading.Of("Pupil|Day|S|M\n1|05.09.2024|1|/\n", new CsvReadOptions { Profile = profile }).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yyyy-MM-dd", "2024-09-05", true)]
    [InlineData("yyyy-MM-dd", "2024-9-5", true)]
    [InlineData("yyyy-MM-dd", "2024-09-05 08:30:00", true)]
    [InlineData("yyyy-MM-dd", "2024-09-05T08:30:00Z", true)]
    [InlineData("yyyy-MM-dd", "24-09-05", false)]
    [InlineData("yyyy-MM-dd", "2024-09-055", false)]
    [InlineData("yyyy-MM-dd", "2024-09", false)]
    [InlineData("yyyy-MM-dd", "2024-13-05", false)]
    [InlineData("yyyy-MM-dd", "0000-09-05", false)]
    [InlineData("yyyyMMdd", "20240905", true)]
    [InlineData("yyyyMMdd", "2024095", false)]
    [InlineData("dd/MM/yyyy", "5/9/2024", true)]
    [InlineData("dd/MM/yyyy", "05/09/24", false)]
    [InlineData("dd/MM/yy", "05/09/24", true)]
    [InlineData("MM/dd/yyyy", "09/05/2024 8:30 AM", true)]
    [InlineData("dd MMM yyyy", "5 September 2024", true)]
    [InlineData("dd MMM yyyy", "5 Sept 2024", true)]
    [InlineData("dd MMM yyyy", "5 Septem 2024", false)]
    public void TryParse_DateText_IsReadOnlyInItsFormat(string format, string text, bool read)
    {
        Assert.True(DateFormat.TryParseFormat(format, out var parsed));
        Assert.Equal(read, parsed!.TryParse(text, out var date));
        if (read) Assert.Equal(new DateOnly(2024, 9, 5), date);
    }

    [Fact]
    public void TryParse_LeapDay_ExistsOnlyInLeapYears()
    {
        Assert.True(DateFormat.TryParseFormat("yyyy-MM-dd", out var format));
        Assert.True(format!.TryParse("2024-02-29", out _));
        Assert.False(format.TryParse("2023-02-29", out _));
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("P03", 3)]
    [InlineData("Period 3", 3)]
    [InlineData("3(A-E)", 3)]
    [InlineData("255", 255)]
    [InlineData("256", 0)]
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("HR", 0)]
    public void TryPeriod_Text_GivesItsNumber(string text, int number)
    {
        Assert.Equal(number > 0, SessionWords.TryPeriod(text, out var period));
        if (number > 0) Assert.Equal(number, period);
    }
}
