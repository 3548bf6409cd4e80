using System.Text;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

/// <summary>Alone, because collections that other tests cause blur the count.</summary>
[CollectionDefinition(nameof(CsvAllocationTests), DisableParallelization = true)]
[Collection(nameof(CsvAllocationTests))]
public sealed class CsvAllocationTests
{
    [Fact]
    public void Read_TenTimesTheRows_AllocatesNoMore()
    {
        // The first runs also pay for compiling.
        Allocated(50_000);
        var few = Allocated(5_000);
        Assert.InRange(Allocated(50_000), 0, few + 100_000);
    }

    private static long Allocated(int pairsOfRows)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(
            "date,schoolId,studentUniqueId,session,code\n" + string.Concat(Enumerable.Repeat("2024-09-05,S1,1001,DAY,P\n2024-09-06,S1,1002,DAY,A\n", pairsOfRows))));
        var sink = new AttendanceRowSink((in AttendanceRow _) => { }, _ => { }, _ => { });
        var before = GC.GetAllocatedBytesForCurrentThread();
        CsvAttendanceReader.Read(stream, new CsvReadOptions(), sink, CancellationToken.None);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
