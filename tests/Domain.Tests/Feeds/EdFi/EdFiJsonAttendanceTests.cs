using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Tests.Feeds.EdFi;

public sealed class EdFiJsonAttendanceTests
{
    private const string One = """
        {"id":"a1","studentReference":{"studentUniqueId":"10","link":{"rel":"Student","href":"/x"}},"schoolReference":{"schoolId":7001},
         "sessionReference":{"schoolId":9999,"schoolYear":2026,"sessionName":"Fall"},"eventDate":"2025-09-08",
         "attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#Excused Absence","eventDuration":0.5,"_etag":null}
        """;

    private const string Section = """
        {"studentReference":{"studentUniqueId":"11"},"sectionReference":{"localCourseCode":"MATH-03","schoolId":7001,"schoolYear":2026,
         "sectionIdentifier":"S1","sessionName":"Spring"},"eventDate":"2025-09-08",
         "attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#Tardy","classPeriods":[{"classPeriodReference":{"schoolId":1}}]}
        """;

    private readonly AttendanceCollector read = new();

    [Theory]
    [InlineData("[{0},{1}]")]
    [InlineData("{{\"value\":[{0},{1}]}}")]
    [InlineData("{{\"count\":2,\"link\":{{\"a\":[1]}},\"data\":[{0},{1}],\"next\":null}}")]
    [InlineData("{{\"studentSchoolAttendanceEvents\":[{0}],\"studentSectionAttendanceEvents\":[{1}]}}")]
    public void Read_AnyShapeOfList_GivesTheSameEvents(string shape) =>
        AssertBoth(string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, One, Section));

    [Fact]
    public void Read_OneObjectALine_GivesTheSameEvents() =>
        AssertBoth(One.ReplaceLineEndings("") + "\n" + Section.ReplaceLineEndings("") + "\n");

    [Fact]
    public void Read_ByteOrderMark_IsPassedOver()
    {
        read.Read("\uFEFF[" + One + "]");
        Assert.Single(read.Rows);
    }

    [Fact]
    public void Read_Utf16WithMark_IsRead()
    {
        read.Read(new MemoryStream([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("[" + One + "]")]));
        Assert.Single(read.Rows);
    }

    [Fact]
    public void Read_Deletes_TakeTheStatementBack()
    {
        read.Read("""
            [{"id":"x","changeVersion":7,"keyValues":{"attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#Unexcused Absence",
              "eventDate":"2025-09-08","schoolId":7001,"schoolYear":2026,"sessionName":"Fall","studentUniqueId":"10"}}]
            """);

        var row = Assert.Single(read.Rows);
        Assert.True(row.IsDelete);
        Assert.Equal(("10", "7001", "", MarkCategory.Absent), (row.Student, row.School, row.Section, row.Mark.Category));
    }

    [Fact]
    public void Read_DeleteWithoutKey_IsRefused()
    {
        read.Read("""[{"id":"x","changeVersion":7}]""");
        Assert.Equal(RefusalReason.InvalidRecord, Assert.Single(read.Refused).Reason);
    }

    [Fact]
    public void Read_ElementsThatAreNoObjects_AreRefusedOneByOne()
    {
        read.Read("[1, " + One + ", [[2]], null, \"x\"]");

        Assert.Equal([2], read.Rows.Select(r => r.Number));
        Assert.Equal([1, 3, 4, 5], read.Refused.Select(r => r.RowNumber));
    }

    [Fact]
    public void Read_HalfASurrogatePair_RefusesThatRecordOnly()
    {
        read.Read("[{\"studentReference\":{\"studentUniqueId\":\"\\uD800\"},\"eventDate\":\"2025-09-08\"}," + One + "]");

        Assert.Equal(RefusalReason.InvalidEncoding, Assert.Single(read.Refused).Reason);
        Assert.Single(read.Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\uFEFF")]
    [InlineData("[")]
    [InlineData("[][]")]
    [InlineData("{} []")]
    [InlineData("{}{}]")]
    [InlineData("3")]
    [InlineData("[{\"a\":1,}]")]
    public void Read_NotOneJsonDocument_IsRefused(string json) => Assert.IsType<ReadOutcome.Refused>(read.Read(json));

    [Fact]
    public void Read_Fault_IsNamedByLineAndByte() =>
        Assert.Contains("line 3, byte 1", Assert.IsType<ReadOutcome.Refused>(read.Read("[\n1,\n!]")).Why, StringComparison.Ordinal);

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    public void Read_Depth_IsLimitedInclusive(int depth)
    {
        var outcome = read.Read("[" + "{\"a\":" + new string('[', depth - 2) + new string(']', depth - 2) + "}]");
        Assert.Equal(depth <= 64, outcome is ReadOutcome.Read);
    }

    [Fact]
    public void Read_ChunksCutAnywhere_GiveTheSameEvents()
    {
        var many = "[" + string.Join(",\n", Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? One : Section)) + "]";
        for (var size = 1; size < 70_000; size = (size * 3) + 1)
        {
            var collected = new AttendanceCollector();
            collected.Read(new TricklingStream(Encoding.UTF8.GetBytes(many), size));
            Assert.Equal(400, collected.Rows.Count);
        }
    }

    [Fact]
    public void Read_StringOverTheLimit_IsRefusedWithoutGrowing()
    {
        var outcome = read.Read("[{\"a\":\"" + new string('x', 3_000_000) + "\"}]");
        Assert.IsType<ReadOutcome.Refused>(outcome);
    }

    private void AssertBoth(string json)
    {
        var outcome = read.Read(json);

        Assert.Equal(2, Assert.IsType<ReadOutcome.Read>(outcome).Rows);
        Assert.Equal(("10", "7001", "", MarkCategory.Partial), (read.Rows[0].Student, read.Rows[0].School, read.Rows[0].Section, read.Rows[0].Mark.Category));
        Assert.Equal(("11", "7001", "MATH-03|Spring|S1", 2), (read.Rows[1].Student, read.Rows[1].School, read.Rows[1].Section, read.Rows[1].Number));
    }
}

/// <summary>Gives at most so many bytes a read, as a network does.</summary>
internal sealed class TricklingStream(byte[] bytes, int size) : MemoryStream(bytes)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(size, buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(size, count));
}
