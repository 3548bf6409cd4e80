using System.Text;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.EdFi;

namespace SchoolSignal.Domain.Tests.Feeds.EdFi;

/// <summary>Ten times the events must not need more memory, nor an allocation each.</summary>
public sealed class EdFiMemoryTests
{
    private const string JsonEvent = """
        {"studentReference":{"studentUniqueId":"10"},"schoolReference":{"schoolId":7001},"sessionReference":{"schoolId":7001,"sessionName":"Fall"},
         "eventDate":"2025-09-08","attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#Tardy"},
        """;

    [Fact]
    public void Read_XmlTenTimesAsLong_AllocatesNothingPerEvent() =>
        AssertFlat("<I>", AttendanceCollector.SchoolEvent("10", "2025-09-08", "Unexcused Absence", "Absent unexcused"), "</I>");

    [Fact]
    public void Read_JsonTenTimesAsLong_AllocatesNothingPerEvent() => AssertFlat("[", JsonEvent, "{\"eventDate\":\"2025-09-08\",\"studentUniqueId\":\"1\"}]");

    private static void AssertFlat(string start, string item, string end)
    {
        Allocated(start, item, end, 100);
        var few = Allocated(start, item, end, 1_000);
        var many = Allocated(start, item, end, 10_000);

        // Twenty bytes an event are left to the XML reader's own bookkeeping.
        Assert.InRange(many - few, -1_000_000, 9_000 * 20);
    }

    private static long Allocated(string start, string item, string end, int count)
    {
        var bytes = Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(item, count)) + end);
        var rows = 0;
        var sink = new AttendanceRowSink((in AttendanceRow _) => rows++, r => Assert.Fail(r.Reason.ToString()), _ => { });
        var before = GC.GetAllocatedBytesForCurrentThread();
        EdFiAttendanceReader.Read(new MemoryStream(bytes), AttendanceCollector.Options, sink, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(rows, count, count + 1);
        return allocated;
    }
}
