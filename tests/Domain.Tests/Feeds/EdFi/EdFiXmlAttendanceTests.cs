using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Tests.Feeds.EdFi;

public sealed class EdFiXmlAttendanceTests
{
    private readonly AttendanceCollector read = new();

    [Fact]
    public void Read_SchoolEvent_GivesPupilOwnSchoolDateAndMark()
    {
        var outcome = read.Read(AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "Unexcused Absence")));

        Assert.Equal(FeedKind.Exceptions, Assert.IsType<ReadOutcome.Read>(outcome).Kind);
        var row = Assert.Single(read.Rows);
        Assert.Equal(new AttendanceCollector.Row(1, "10", "7001", new DateOnly(2025, 9, 8),
            new Mark(MarkCategory.Absent, MarkReason.UnauthorisedOther), "", false), row);
    }

    [Fact]
    public void Read_SectionEvent_CarriesItsSection()
    {
        read.Read(AttendanceCollector.Interchange(AttendanceCollector.SectionEvent("10", "2025-09-08", "Tardy")));

        var row = Assert.Single(read.Rows);
        Assert.Equal("MATH-03|Spring|S1", row.Section);
        Assert.Equal("7001", row.School);
        Assert.Equal(MarkCategory.Late, row.Mark.Category);
    }

    [Theory]
    [InlineData(null, MarkCategory.Absent)]
    [InlineData("1", MarkCategory.Absent)]
    [InlineData("1.0", MarkCategory.Absent)]
    [InlineData("0.99", MarkCategory.Partial)]
    [InlineData("0.5", MarkCategory.Partial)]
    public void Read_AbsenceOfLessThanOneDay_IsPartial(string? duration, MarkCategory expected)
    {
        read.Read(AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "Excused Absence", duration: duration)));

        Assert.Equal(expected, Assert.Single(read.Rows).Mark.Category);
    }

    [Theory]
    [InlineData("half")]
    [InlineData("-1")]
    public void Read_DurationThatIsNone_IsRefused(string duration)
    {
        read.Read(AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "Excused Absence", duration: duration)));

        Assert.Equal((RefusalReason.InvalidValue, "EventDuration"), (read.Refused[0].Reason, read.Refused[0].Field));
    }

    [Theory]
    [InlineData("Excused Absence", "Absent excused", MarkReason.AuthorisedOther)]
    [InlineData("Excused Absence", "Illness", MarkReason.Illness)]
    [InlineData("Excused Absence", "out SICK today", MarkReason.Illness)]
    [InlineData("Excused Absence", "Doctor's appointment", MarkReason.Medical)]
    [InlineData("Excused Absence", "sick, saw the doctor", MarkReason.AuthorisedOther)]
    [InlineData("Excused Absence", "no doctor's note", MarkReason.AuthorisedOther)]
    [InlineData("Excused Absence", "Hill walking", MarkReason.AuthorisedOther)]
    [InlineData("Unexcused Absence", "Illness", MarkReason.UnauthorisedOther)]
    [InlineData("Unexcused Absence", "skipped class", MarkReason.Skipping)]
    public void Read_ReasonInWords_RefinesOnlyWhereUnambiguous(string category, string words, MarkReason expected)
    {
        read.Read(AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", category, words)));

        Assert.Equal(expected, Assert.Single(read.Rows).Mark.Reason);
    }

    [Fact]
    public void Read_UnknownCategory_GoesOnAsUnknownAndIsNamed()
    {
        read.Read(AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "On the moon")));

        Assert.Equal(Mark.Unknown, Assert.Single(read.Rows).Mark);
        Assert.Equal("On the moon", Assert.Single(read.UnknownCodes));
    }

    [Fact]
    public void Read_BadEventAmongGoodOnes_IsRefusedAloneAndCanBeSentAgain()
    {
        var outcome = read.Read(AttendanceCollector.Interchange(
            AttendanceCollector.SchoolEvent("10", "2025-09-08", "Tardy"),
            AttendanceCollector.SchoolEvent("11", "08.09.2025", "Tardy"),
            AttendanceCollector.SchoolEvent("12", "2025-09-09", "Tardy")));

        Assert.Equal(3, Assert.IsType<ReadOutcome.Read>(outcome).Rows);
        Assert.Equal(["10", "12"], read.Rows.Select(r => r.Student));
        var refused = Assert.Single(read.Refused);
        Assert.Equal((2, RefusalReason.InvalidDate, "EventDate"), (refused.RowNumber, refused.Reason, refused.Field));

        var mended = new AttendanceCollector();
        mended.Read(refused.RawText.Replace("08.09.2025", "2025-09-08", StringComparison.Ordinal));
        Assert.Equal(("11", "7001", new DateOnly(2025, 9, 8)), (mended.Rows[0].Student, mended.Rows[0].School, mended.Rows[0].Date));
    }

    [Fact]
    public void Read_DatesOutsideTheWindow_AreRefusedAndItsEdgesTaken()
    {
        var options = AttendanceCollector.Options with { NotBefore = new DateOnly(2025, 9, 1), NotAfter = new DateOnly(2025, 9, 30) };
        read.Read(AttendanceCollector.Interchange(
            AttendanceCollector.SchoolEvent("1", "2025-08-31", "Tardy"), AttendanceCollector.SchoolEvent("2", "2025-09-01", "Tardy"),
            AttendanceCollector.SchoolEvent("3", "2025-09-30", "Tardy"), AttendanceCollector.SchoolEvent("4", "2025-10-01", "Tardy")), options);

        Assert.Equal(["2", "3"], read.Rows.Select(r => r.Student));
        Assert.Equal([RefusalReason.TooOldDate, RefusalReason.FutureDate], read.Refused.Select(r => r.Reason));
    }

    [Fact]
    public void Read_NoPupil_IsRefused()
    {
        read.Read(AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent(" ", "2025-09-08", "Tardy")));

        Assert.Equal(RefusalReason.MissingStudent, Assert.Single(read.Refused).Reason);
    }

    [Theory]
    [InlineData("<!DOCTYPE a SYSTEM \"http://127.0.0.1:9/x.dtd\"><InterchangeStudentAttendance/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><InterchangeStudentAttendance>&x;</InterchangeStudentAttendance>")]
    [InlineData("<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><l>&c;</l>")]
    public void Read_DocumentTypeOrEntities_IsRefusedAsAWhole(string xml)
    {
        var refused = Assert.IsType<ReadOutcome.Refused>(read.Read(xml));

        Assert.Contains("DTD", refused.Why, StringComparison.Ordinal);
        Assert.Empty(read.Rows);
    }

    [Fact]
    public void Read_CutOff_IsRefusedWithLineAndPosition()
    {
        var whole = AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "Tardy"));
        for (var length = 0; length < whole.Length; length += 7)
            Assert.IsType<ReadOutcome.Refused>(new AttendanceCollector().Read(whole[..length]));

        var refused = Assert.IsType<ReadOutcome.Refused>(read.Read(whole[..^20]));
        Assert.Matches("line [0-9]+, position [0-9]+", refused.Why);
    }

    [Fact]
    public void Read_NestedTooDeep_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 70)) + string.Concat(Enumerable.Repeat("</a>", 70));

        Assert.Contains("deeper than 64", Assert.IsType<ReadOutcome.Refused>(read.Read(deep)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Utf16WithMark_IsRead()
    {
        var text = AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "Tardy")).Replace("UTF-8", "UTF-16", StringComparison.Ordinal);
        read.Read(new MemoryStream([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]));

        Assert.Single(read.Rows);
    }

    [Fact]
    public void Read_EncodingThatIsNotWhatItSays_IsRefused()
    {
        var bytes = Encoding.Latin1.GetBytes(AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "Tardy", "né")));

        Assert.IsType<ReadOutcome.Refused>(read.Read(new MemoryStream(bytes)));
    }

    [Fact]
    public void Read_OverlongText_IsCutAndTheRestOfTheFileRead()
    {
        read.Read(AttendanceCollector.Interchange(
            AttendanceCollector.SchoolEvent("10", "2025-09-08", "Tardy", new string('x', 300_000)),
            AttendanceCollector.SchoolEvent("11", "2025-09-08", "Tardy")));

        Assert.Equal(["10", "11"], read.Rows.Select(r => r.Student));
    }

    [Fact]
    public void Read_OtherInterchange_IsRefusedNamingWhatItHolds()
    {
        var refused = Assert.IsType<ReadOutcome.Refused>(read.Read("<InterchangeStudent><Student><StudentUniqueId>1</StudentUniqueId></Student></InterchangeStudent>"));

        Assert.Contains("1 Student", refused.Why, StringComparison.Ordinal);
    }
}
