using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

public sealed class CsvAttendanceReaderTests
{
    private const string Header = "date,schoolId,studentUniqueId,session,code\n";

    private static readonly DateOnly Thursday = new(2024, 9, 5);
    private static readonly Mark Excused = new(MarkCategory.Absent, MarkReason.AuthorisedOther);

    [Fact]
    public void Read_FiveColumns_HandsOnEveryRow()
    {
        var reading = CsvReading.Of(Header + "2024-09-05,S1,1001,DAY,P\n2024-09-05,S1,1002,DAY,E\n");
        Assert.Equal(
            [
                new ReadRow(2, "1001", "S1", Thursday, SessionOfDay.WholeDay, 0, Mark.Present, ""),
                new ReadRow(3, "1002", "S1", Thursday, SessionOfDay.WholeDay, 0, Excused, ""),
            ],
            reading.Rows);
        Assert.Equal(2, reading.Read.Rows);
        Assert.Equal("date,schoolId,studentUniqueId,session,code", reading.Read.Header);
        Assert.Empty(reading.Refused);
        Assert.Null(reading.Read.PeriodFold);
    }

    [Fact]
    public void Read_EnglandWideRows_GivesMorningAndAfternoon()
    {
        var reading = CsvReading.Of("UPN;Date;AM;PM\nA1;05/09/2024;/;I\nA2;25/09/2024;N;\\\n", "england-2024");
        Assert.Equal([SessionOfDay.Am, SessionOfDay.Pm, SessionOfDay.Am, SessionOfDay.Pm], reading.Rows.Select(row => row.Session));
        Assert.Equal([Mark.Present, new Mark(MarkCategory.Absent, MarkReason.Illness), new Mark(MarkCategory.Absent, MarkReason.NoReasonYet), Mark.Present], reading.Rows.Select(row => row.Mark));
        Assert.Equal(Thursday, reading.Rows[0].Date);
        Assert.Equal("", reading.Rows[0].School);
        Assert.Equal(2, reading.Read.Rows);
        Assert.Equal(FeedKind.Register, reading.Read.Kind);
    }

    [Fact]
    public void Read_PowerSchoolPeriods_AreNumberedAndFolded()
    {
        var reading = CsvReading.Of("Student_Number\tSchoolID\tAtt_Date\tExpression\tAtt_Code\n77\t12\t09/05/2024\t3(A)\tU\n77\t12\t9/5/2024\t4(A)\tT\n", "powerschool");
        Assert.Equal([(byte)3, (byte)4], reading.Rows.Select(row => row.Period));
        Assert.All(reading.Rows, row => Assert.Equal((SessionOfDay.Period, Thursday), (row.Session, row.Date)));
        Assert.Equal(0.5m, reading.Read.PeriodFold!.AbsentFrom);
        Assert.Equal(FeedKind.Exceptions, reading.Read.Kind);
    }

    [Fact]
    public void Read_InfiniteCampusStatusAndExcuse_MakeOneMark()
    {
        var reading = CsvReading.Of("personID,schoolNumber,date,status,excuse\n1,9,09/05/2024,Absent,Unexcused\n2,9,09/05/2024,Absent,Excused\n3,9,09/05/2024,Tardy,Unexcused\n4,9,09/05/2024,Absent,Zzz\n", "infinite-campus");
        Assert.Equal([new Mark(MarkCategory.Absent, MarkReason.UnauthorisedOther), Excused, new Mark(MarkCategory.Late), Mark.Unknown], reading.Rows.Select(row => row.Mark));
        Assert.Equal(["Absent/Zzz"], reading.UnknownCodes);
    }

    [Fact]
    public void Read_SkywardCounts_MakeTheDay()
    {
        var reading = CsvReading.Of(
            "StudentID,EntityID,CalendarDate,DaysAbsent,DaysExcused,DaysUnexcused,DaysOther,TardyCount\n" +
            "1,9,09/05/2024,1.00,1.00,0,0,0\n2,9,09/05/2024,0.99,0,0.99,0,0\n3,9,09/05/2024,0,0,0,0,2\n4,9,09/05/2024,0,0,0,0,0\n5,9,09/05/2024,x,0,0,0,0\n6,9,09/05/2024,1,0,0,1,0\n", "skyward");
        Assert.Equal(
            [Excused, new Mark(MarkCategory.Partial, MarkReason.UnauthorisedOther), new Mark(MarkCategory.Late), Mark.Present, new Mark(MarkCategory.Absent)],
            reading.Rows.Select(row => row.Mark));
        Assert.Equal((RefusalReason.InvalidValue, "DaysAbsent", 6), (reading.Refused[0].Reason, reading.Refused[0].Field, reading.Refused[0].RowNumber));
    }

    [Fact]
    public void Read_UnmappedAndEmptyCodes_AreUnknownAndOnlyTheUnmappedIsReported()
    {
        var reading = CsvReading.Of(Header + "2024-09-05,S1,1,DAY,P\n2024-09-05,S1,2,DAY,\n2024-09-05,S1,3,DAY,ZZ\n2024-09-05,S1,4,DAY,=\"E\"\n2024-09-05,S1,5,DAY,'E\n", "us-daily");
        Assert.Equal([Mark.Present, Mark.Unknown, Mark.Unknown, Excused, Excused], reading.Rows.Select(row => row.Mark));
        Assert.Equal(["ZZ"], reading.UnknownCodes);
    }

    [Theory]
    [InlineData("2024-09-05,S1,1,DAY", RefusalReason.RaggedRow, "")]
    [InlineData("2024-09-05,S1,1,DAY,P,extra", RefusalReason.RaggedRow, "")]
    [InlineData("2024-09-05,S1,,DAY,P", RefusalReason.MissingStudent, "studentUniqueId")]
    [InlineData("2024-09-05,,1,DAY,P", RefusalReason.MissingSchool, "schoolId")]
    [InlineData(",S1,1,DAY,P", RefusalReason.MissingDate, "date")]
    [InlineData("2024-02-30,S1,1,DAY,P", RefusalReason.InvalidDate, "date")]
    [InlineData("yesterday,S1,1,DAY,P", RefusalReason.InvalidDate, "date")]
    [InlineData("2024-09-05,S1,1,dusk,P", RefusalReason.InvalidSession, "session")]
    [InlineData("2024-09-05,S1,1,DAY,P\0", RefusalReason.ControlCharacter, "")]
    [InlineData("2024-09-05,S1,1\u0007,DAY,P", RefusalReason.ControlCharacter, "studentUniqueId")]
    [InlineData("2024-09-05,S1,0123456789012345678901234567890123456789012345678901234567890,DAY,P", RefusalReason.InvalidStudent, "studentUniqueId")]
    [InlineData("2024-09-05,0123456789012345678901234567890123456789012345678901234567890,1,DAY,P", RefusalReason.InvalidSchool, "schoolId")]
    [InlineData("2024-09-05,S1,1,DAY,\"P", RefusalReason.UnterminatedQuote, "")]
    [InlineData("2024-09-05,S1,\"1\"x,DAY,P", RefusalReason.UnterminatedQuote, "")]
    public void Read_BadRow_IsRefusedWithItsTextAndTheGoodRowsGoIn(string bad, RefusalReason reason, string field)
    {
        var reading = CsvReading.Of(Header + "2024-09-05,S1,7,DAY,P\n" + bad + "\n2024-09-06,S1,8,DAY,P\n", "us-daily");
        Assert.Equal(["7", "8"], reading.Rows.Select(row => row.Student));
        Assert.Equal([new RefusedRow(3, reason, field, bad)], reading.Refused);
        Assert.Equal(3, reading.Read.Rows);
    }

    [Fact]
    public void Read_QuoteThatClosesRowsLater_SwallowsNoRow()
    {
        var comment = "date,schoolId,studentUniqueId,session,code,comment\n";
        var reading = CsvReading.Of(
            comment + "2024-09-05,S1,1,DAY,P,\"left open\n2024-09-05,S1,2,DAY,P,\n2024-09-05,S1,3,DAY,P,closed\"\n2024-09-05,S1,4,DAY,P,\"two\nlines\"\n2024-09-05,S1,5,DAY,P,\n", "us-daily");
        Assert.Equal(["2", "3", "4", "5"], reading.Rows.Select(row => row.Student));
        Assert.Equal([2, 3, 4, 5, 7], [.. reading.Refused.Select(row => row.RowNumber), .. reading.Rows.Select(row => row.RowNumber)]);
    }

    [Theory]
    [InlineData(99, 0)]
    [InlineData(100, 1)]
    public void Read_QuoteOverManyLines_IsTakenForAnOpenOneFromAHundredOn(int lineEnds, int refused)
    {
        var reading = CsvReading.Of(
            "date,studentId,code,comment\n2024-09-05,1,P,\"" + new string('\n', lineEnds) + "\"\n2024-09-05,2,P,\n", "us-daily");
        Assert.Equal(refused, reading.Refused.Count(row => row.Reason == RefusalReason.UnterminatedQuote && row.RowNumber == 2));
        Assert.Equal((lineEnds + 3, "2"), (reading.Rows[^1].RowNumber, reading.Rows[^1].Student));
    }

    [Fact]
    public void Read_RowLongerThanARowMayBe_IsRefusedAndNotKept()
    {
        var reading = CsvReading.Of(Header + "2024-09-05,S1,1,DAY,P\n2024-09-05,S1,2,DAY," + new string('x', 5_000_000) + "\r\n2024-09-05,S1,3,DAY,P\r\n", "us-daily");
        Assert.Equal(["1", "3"], reading.Rows.Select(row => row.Student));
        Assert.Equal([2, 4], reading.Rows.Select(row => row.RowNumber));
        var refused = Assert.Single(reading.Refused);
        Assert.Equal(RefusalReason.InvalidRecord, refused.Reason);
        Assert.True(refused.RawText.Length <= CsvRecordReader.MaxRecordChars);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    public void Read_EveryLineEnd_ReadsAlike(string lineEnd)
    {
        var reading = CsvReading.Of((Header + "2024-09-05,S1,1,DAY,P\n\n,,,,\n2024-09-05,S1,2,DAY,A,,\n2024-09-05,S1,3,DAY,A").Replace("\n", lineEnd, StringComparison.Ordinal));
        Assert.Equal(["1", "2", "3"], reading.Rows.Select(row => row.Student));
        Assert.Equal([2, 5, 6], reading.Rows.Select(row => row.RowNumber));
        Assert.Equal(3, reading.Read.Rows);
        Assert.Empty(reading.Refused);
    }

    [Fact]
    public void Read_ChunkBoundaryAnywhere_ChangesNothing()
    {
        // A row of 26 or 27 bytes ends at every place around the reader's 64 KiB chunks.
        for (var pad = 0; pad < 30; pad++)
        {
            var text = new StringBuilder("date,schoolId,studentUniqueId,session,code,n" + new string('n', pad) + "\r\n");
            for (var i = 0; i < 6000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"2024-09-05,S1,{i},DAY,\"P\",\"é\"\"\r\"\r\n");
            var reading = CsvReading.Of(text.ToString());
            Assert.Equal(6000, reading.Rows.Count);
            Assert.Equal("5999", reading.Rows[^1].Student);
            Assert.Empty(reading.Refused);
        }
    }

    [Fact]
    public void Read_HeaderOnly_IsReadWithoutRows()
    {
        var reading = CsvReading.Of(Header);
        Assert.Equal(0, reading.Read.Rows);
    }

    [Fact]
    public void Read_CoverageColumns_StateTheCoverage()
    {
        var reading = CsvReading.Of("date,studentId,code,coversFrom,coversTo\n2024-09-05,1,A,2024-09-02,2024-09-06\n", "us-daily");
        Assert.Equal(new Coverage(new DateOnly(2024, 9, 2), new DateOnly(2024, 9, 6)), reading.Read.Coverage);
    }

    [Fact]
    public void Read_FormulaWrappedIds_KeepTheirZeros()
    {
        var reading = CsvReading.Of(Header + "2024-09-05,\"=\"\"007\"\"\",\"=\"\"0012\"\"\",DAY,\"=\"\"A\"\"\"\n");
        Assert.Equal(("007", "0012", new Mark(MarkCategory.Absent)), (reading.Rows[0].School, reading.Rows[0].Student, reading.Rows[0].Mark));
    }

    [Fact]
    public void Read_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Repeat("2024-09-05,S1,1,DAY,P\n", 10_000))));
        Assert.Throws<OperationCanceledException>(() => CsvAttendanceReader.Read(
            stream, new CsvReadOptions(), new AttendanceRowSink((in AttendanceRow _) => { }, _ => { }, _ => { }), cancelled.Token));
    }
}
