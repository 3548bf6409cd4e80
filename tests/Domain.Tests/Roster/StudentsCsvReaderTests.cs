using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Roster;

namespace SchoolSignal.Domain.Tests.Roster;

public sealed class StudentsCsvReaderTests
{
    private readonly List<RosterStudent> students = [];
    private readonly List<RefusedRow> refused = [];

    [Fact]
    public void Read_AllColumns_GivesThePupil()
    {
        Read("studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName\n10,7001,08,2025-09-01,2026-01-31,Ada,Lovelace\n");

        var pupil = Assert.Single(students);
        Assert.Equal(("10", "7001", "08", new DateOnly(2025, 9, 1), new DateOnly(2026, 1, 31), "Ada", "Lovelace"),
            (pupil.Student.Value, pupil.School.Value, pupil.Grade, pupil.Entry, pupil.Exit, pupil.GivenName, pupil.FamilyName));
    }

    [Fact]
    public void Read_OptionalColumnsAbsentOrderChanged_StillReads()
    {
        Read("School ID;Student ID\r\n7001;=\"0010\"\r\n");

        var pupil = Assert.Single(students);
        Assert.Equal(("0010", "7001", null, null, ""), (pupil.Student.Value, pupil.School.Value, pupil.Entry, pupil.Exit, pupil.GivenName));
    }

    [Fact]
    public void Read_OneDateSettlesTheOrder_AllAreReadThatWay()
    {
        Read("studentUniqueId,schoolId,enrolDate\n1,7001,01/09/2025\n2,7001,15/09/2025\n");
        Assert.Equal([new DateOnly(2025, 9, 1), new DateOnly(2025, 9, 15)], students.Select(s => s.Entry!.Value));
    }

    [Fact]
    public void Read_NoDateSettlesTheOrder_RefusesToGuess()
    {
        var outcome = Read("studentUniqueId,schoolId,enrolDate\n1,7001,01/09/2025\n2,7001,02/09/2025\n");
        Assert.Contains("day/month or as month/day", Assert.IsType<ReadOutcome.Refused>(outcome).Why, StringComparison.Ordinal);
        Assert.Empty(students);
    }

    [Fact]
    public void Read_BadRows_AreRefusedWithReasonAndText()
    {
        Read("studentUniqueId,schoolId,enrolDate,exitDate\n,7001,,\n2,,,\n3,7001,soon,\n4,7001,2025-09-02,2025-09-01\n5,7001\n6,7001,2025-09-01,2025-09-01\n");

        Assert.Equal(["6"], students.Select(s => s.Student.Value));
        Assert.Equal(
            [(2, RefusalReason.MissingStudent), (3, RefusalReason.MissingSchool), (4, RefusalReason.InvalidDate), (5, RefusalReason.InvalidDate), (6, RefusalReason.RaggedRow)],
            refused.Select(r => (r.RowNumber, r.Reason)));
        Assert.Equal("5,7001", refused[^1].RawText);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\n\n", "")]
    [InlineData("name,age\nx,1\n", "studentUniqueId")]
    [InlineData("studentUniqueId,grade\n1,8\n", "schoolId")]
    [InlineData("studentUniqueId,schoolId,School_Id\n1,2,3\n", "schoolid")]
    [InlineData("studentUniqueId,schoolId\n1,\"7001\n", "quote")]
    public void Read_UnusableFile_IsRefusedInWords(string csv, string expected) =>
        Assert.Contains(expected, Assert.IsType<ReadOutcome.Refused>(Read(csv)).Why, StringComparison.Ordinal);

    [Fact]
    public void Read_OtherEncodings_KeepNames()
    {
        const string Csv = "studentUniqueId,schoolId,givenName\n1,7001,Zoë\n";
        Read(Encoding.Latin1.GetBytes(Csv));
        Read([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Csv)]);
        Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Csv)]);

        Read(Encoding.Unicode.GetBytes(Csv));

        Assert.Equal(["Zoë", "Zoë", "Zoë", "Zoë"], students.Select(s => s.GivenName));
    }

    [Fact]
    public void Read_NulByte_RefusesTheId()
    {
        Read("studentUniqueId,schoolId\n1\u00002,7001\n");
        Assert.Equal(RefusalReason.InvalidStudent, Assert.Single(refused).Reason);
    }

    private ReadOutcome Read(string csv) => Read(Encoding.UTF8.GetBytes(csv));

    private ReadOutcome Read(byte[] csv, SchoolId? school = null) =>
        StudentsCsvReader.Read(new MemoryStream(csv), school, new RosterSink(students.Add, refused.Add), TestContext.Current.CancellationToken);
}
