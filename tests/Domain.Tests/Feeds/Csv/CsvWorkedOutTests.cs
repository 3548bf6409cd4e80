using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

/// <summary>What the reader works out where no profile is named, and what it refuses to guess.</summary>
public sealed class CsvWorkedOutTests
{
    private const string Header = "date,schoolId,studentUniqueId,session,code\n";

    [Theory]
    [InlineData("UPN,Att Date,AM,PM\nA1,2024-09-05,/,\\\n", "england-2024")]
    [InlineData("pupil_id;date;session;mark\nA1;2024-09-05;AM;/\nA1;2024-09-05;PM;I\n", "england-2024")]
    [InlineData("Student Number\tEvent Date\tAttendanceEventCategory\n1\t2024-09-05\turi://ed-fi.org/AttendanceEventCategoryDescriptor#Excused Absence\n", "ed-fi")]
    [InlineData("studentId|date|status|excuse\n1|2024-09-05|Absent|Exempt\n", "infinite-campus")]
    [InlineData("studentId,date,attendanceCode,status,excuse\n1,2024-09-05,ZQ,Absent,Exempt\n", "infinite-campus")]
    [InlineData("studentId,date,status\n1,2024-09-05,ExcusedAbsence\n", "ceds")]
    [InlineData("studentId,date,code\n1,2024-09-05,A\n2,2024-09-05,P\n", "us-daily")]
    [InlineData("studentId,date,session,code\n1,2024-09-05,AM,P\n", "england-2024")]
    [InlineData("studentId,date,code\n1,2024-09-05,P\n", "us-daily")]
    public void Read_NoProfile_FindsDelimiterColumnsAndCodeSet(string text, string codeSet)
    {
        var reading = CsvReading.Of(text);
        Assert.Contains(reading.Read.Concluded, line => line.StartsWith($"Code set: {codeSet}", StringComparison.Ordinal));
        Assert.All(reading.Rows, row => Assert.Equal(new DateOnly(2024, 9, 5), row.Date));
        Assert.Empty(reading.UnknownCodes);
    }

    [Theory]
    [InlineData("05/09/2024", "25/09/2024", 5)]
    [InlineData("09/05/2024", "09/25/2024", 5)]
    [InlineData("5.9.2024", "25.9.2024", 5)]
    [InlineData("05-Sep-2024", "25-Sep-2024", 5)]
    [InlineData("20240905", "20240925", 5)]
    [InlineData("2024-09-05T00:00:00", "2024-09-25T00:00:00", 5)]
    [InlineData("09/09/2024", "09/09/2024", 9)]
    public void Read_DatesSettledByTheFile_AreReadSo(string first, string second, int day)
    {
        var reading = CsvReading.Of(Header + $"{first},S,1,DAY,P\n{second},S,1,DAY,A\n");
        Assert.Equal(new DateOnly(2024, 9, day), reading.Rows[0].Date);
    }

    [Fact]
    public void Read_DateOrderSettledOnlyByTheLastRow_ReadsTheWholeFileSo()
    {
        var reading = CsvReading.Of(Header + string.Concat(Enumerable.Repeat("05/09/2024,S,1,DAY,A\n", 5000)) + "13/09/2024,S,1,DAY,A\n");
        Assert.Equal(5001, reading.Rows.Count);
        Assert.All(reading.Rows.Take(5000), row => Assert.Equal(new DateOnly(2024, 9, 5), row.Date));
    }

    [Fact]
    public void Read_DateOrderNotSettled_RefusesAndSaysWhatToDo()
    {
        var reading = CsvReading.Of(Header + "05/09/2024,S,1,DAY,P\n06/09/2024,S,1,DAY,A\n");
        Assert.Contains("does not settle", reading.Why, StringComparison.Ordinal);
        Assert.Contains("2024-09-05", reading.Why, StringComparison.Ordinal);
        Assert.Empty(reading.Rows);
    }

    [Fact]
    public void Read_DateOrderMixed_Refuses() =>
        Assert.Contains("mixes", CsvReading.Of(Header + "25/09/2024,S,1,DAY,P\n09/25/2024,S,1,DAY,A\n").Why, StringComparison.Ordinal);

    [Fact]
    public void Read_DateOrderSettledByStatedCoverage_IsReadSo()
    {
        var covers = new Coverage(new DateOnly(2024, 9, 1), new DateOnly(2024, 9, 30));
        var reading = CsvReading.Of(Header + "05/09/2024,S,1,DAY,A\n", new CsvReadOptions { Covers = covers });
        Assert.Equal(new DateOnly(2024, 9, 5), reading.Rows[0].Date);
        // Both readings inside: not settled.
        Assert.Contains("does not settle", CsvReading.Of(Header + "05/09/2024,S,1,DAY,A\n", new CsvReadOptions { Covers = new Coverage(new DateOnly(2024, 5, 1), new DateOnly(2024, 9, 30)) }).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\n\n  \n", "empty")]
    [InlineData("studentId\n1\n", "single column")]
    [InlineData("2024-09-05,S1,1001,DAY,P\n2024-09-05,S1,1002,DAY,P\n", "no header line")]
    [InlineData("date,schoolId,studentUniqueId,session\n2024-09-05,S1,1,DAY\n", "attendance code")]
    [InlineData("schoolId,studentUniqueId,session,code\nS1,1,DAY,P\n", "date")]
    [InlineData("date,schoolId,session,code\n2024-09-05,S1,DAY,P\n", "pupil")]
    [InlineData("date,studentId,code,Code\n2024-09-05,1,P,A\n", "stands twice")]
    [InlineData("date,studentId,code\n2024-09-05,1,QX\n2024-09-05,2,QY\n2024-09-05,2,P\n", "no code set")]
    [InlineData("date,studentId,code\n2024-09-05,1,T\n", "means something else")]
    [InlineData("date,studentId,code\nsoon,1,P\n", "reads as a date")]
    [InlineData("date,studentId,session,code\n2024-09-05,1,7th,P\n", "neither AM, PM")]
    [InlineData("\"date,studentId,code\n2024-09-05,1,P\n", "quote")]
    public void Read_FileThatCannotBeTold_IsRefusedInPlainWords(string text, string expected)
    {
        var reading = CsvReading.Of(text);
        Assert.Contains(expected, reading.Why, StringComparison.Ordinal);
        Assert.Empty(reading.Rows);
        Assert.DoesNotContain("1001", reading.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HalfTheRowsExplained_IsEnoughAndLessIsNot()
    {
        var half = "date,studentId,code\n2024-09-05,1,A\n2024-09-05,2,QX\n";
        Assert.Equal(["QX"], CsvReading.Of(half).UnknownCodes);
        Assert.Contains("no code set", CsvReading.Of(half + "2024-09-05,3,QX\n").Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DuplicateHeaderOfAColumnNotNeeded_IsNoMatter() =>
        Assert.Single(CsvReading.Of("date,studentId,code,note,note\n2024-09-05,1,P,,\n").Rows);

    [Fact]
    public void Read_EmptySessions_AreWholeDaysUnlessTheFileHasHalves()
    {
        Assert.Equal(SessionOfDay.WholeDay, CsvReading.Of(Header + "2024-09-05,S,1,,P\n2024-09-05,S,2,,A\n").Rows[0].Session);
        var halves = CsvReading.Of(Header + "2024-09-05,S,1,AM,/\n2024-09-05,S,1,,/\n");
        Assert.Equal(RefusalReason.InvalidSession, Assert.Single(halves.Refused).Reason);
    }

    [Fact]
    public void Read_TwoColumnsThatCouldNameThePupil_SaysWhichWasTaken()
    {
        var reading = CsvReading.Of("UPN,studentId,date,AM,PM,session\nA1,1,2024-09-05,/,/,Autumn\n");
        Assert.Equal("1", reading.Rows[0].Student);
        Assert.Contains(reading.Read.Warnings, warning => warning.Contains("'studentId' is read as the pupil, and 'UPN' is not", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SectionEvent_NamesItsSection()
    {
        var reading = CsvReading.Of("date,studentId,sectionId,code\n2024-09-05,1,MATH-1,Tardy\n2024-09-05,1,MATH-1,A\n");
        Assert.Equal("MATH-1", reading.Rows[0].Section);
    }

    [Fact]
    public void Read_DistrictCodeSet_ComesBeforeShippedOnes()
    {
        var own = Assert.IsType<CodeSetLoad.Loaded>(CodeSet.Load(
            """{ "id": "own", "source": "our office", "entries": { "P": { "mark": "present" }, "W": { "mark": "late" } } }""", "own.json")).CodeSet;
        var reading = CsvReading.Of("date,studentId,code\n2024-09-05,1,P\n2024-09-05,2,W\n", new CsvReadOptions { CodeSets = CodeSetLibrary.Shipped.With([own]) });
        Assert.True(reading.Outcome is ReadOutcome.Refused || reading.Rows[1].Mark.Category == MarkCategory.Late);
    }

    [Theory]
    [InlineData("ours", MarkCategory.Late)]
    [InlineData("theirs", MarkCategory.Absent)]
    public void Read_TwoSetsFitEquallyWell_TheOneTheDistrictUsesIsMeant(string used, MarkCategory expected)
    {
        var library = CodeSetLibrary.Shipped.With([Own("ours", "late"), Own("theirs", "absent")]);
        const string File = "date,studentId,code\n2024-09-05,1,QW\n2024-09-05,2,QW\n";
        Assert.Contains("equally well", CsvReading.Of(File, new CsvReadOptions { CodeSets = library }).Why, StringComparison.Ordinal);
        var reading = CsvReading.Of(File, new CsvReadOptions { CodeSets = library.Choosing([used]) });
        Assert.Equal(expected, reading.Rows[1].Mark.Category);
        Assert.Contains(reading.Read.Concluded, said => said.Contains($"Code set: {used}", StringComparison.Ordinal) && said.Contains("the one the district uses", StringComparison.Ordinal));
        // Using both settles nothing.
        Assert.Contains("equally well", CsvReading.Of(File, new CsvReadOptions { CodeSets = library.Choosing(["ours", "theirs"]) }).Why, StringComparison.Ordinal);

        static CodeSet Own(string id, string mark) => Assert.IsType<CodeSetLoad.Loaded>(CodeSet.Load(
            $$"""{ "id": "{{id}}", "source": "our office", "entries": { "QW": { "mark": "{{mark}}" } } }""", "own.json")).CodeSet;
    }

    [Fact]
    public void Read_SetTheDistrictUsesButThatFitsLess_IsNotTaken()
    {
        var reading = CsvReading.Of(
            "date,studentId,code\n2024-09-05,1,Present\n2024-09-05,2,Excused Absence\n",
            new CsvReadOptions { CodeSets = CodeSetLibrary.Shipped.Choosing(["england-2024"]) });
        Assert.DoesNotContain(reading.Read.Concluded, said => said.Contains("Code set: england-2024", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SeparatorLine_IsNotTheHeader()
    {
        var reading = CsvReading.Of("sep=;\ndate;studentId;code\n2024-09-05;1;A\n");
        Assert.Equal(3, Assert.Single(reading.Rows).RowNumber);
        Assert.Equal(("date;studentId;code", ';'), (reading.Read.Header, reading.Read.Delimiter));
    }

    [Fact]
    public void Inspect_File_SaysWhatItConcludesAsksAndReads()
    {
        using var stream = new MemoryStream("date,studentId,code\n2024-09-05,1,A\n2024-09-05,,A\n"u8.ToArray());
        var inspection = Assert.IsType<CsvInspection.Understood>(CsvAttendanceReader.Inspect(stream, new CsvReadOptions()));
        Assert.Equal(("generic", "us-daily"), (inspection.ProfileId, inspection.CodeSetId));
        Assert.IsType<InspectedRow.Taken>(inspection.FirstRows[0]);
        Assert.IsType<InspectedRow.NotTaken>(inspection.FirstRows[1]);
        Assert.Contains(inspection.OpenQuestions, question => question.Contains("exceptions", StringComparison.Ordinal));
        Assert.Contains(inspection.OpenQuestions, question => question.Contains("no school", StringComparison.Ordinal));
    }

    [Fact]
    public void Inspect_UnsettledDates_NamesTheProfilesThatFit()
    {
        using var stream = new MemoryStream("date,studentId,code\n05/09/2024,1,L\n"u8.ToArray());
        var inspection = Assert.IsType<CsvInspection.Refused>(CsvAttendanceReader.Inspect(stream, new CsvReadOptions()));
        Assert.Equal(["england-2024", "us-daily"], inspection.ProfilesThatFit);
    }
}
