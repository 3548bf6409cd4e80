using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Tests.Feeds;

public sealed class FeedReportTests
{
    [Fact]
    public void Notes_OfAPartGivenUpAndOneFailed_NameTheFailedOnly()
    {
        var status = new FeedStatus(FeedId.New(DateTimeOffset.UnixEpoch), new FeedRequest(FeedContent.Attendance), DateTimeOffset.UnixEpoch, 1, "") { Warnings = ["The file has no end."] };
        var report = new FeedReport(
            status,
            [
                new BatchResult("oakfield", 2026) { Abandoned = new Abandonment("The old system is gone.", "ann", DateTimeOffset.UnixEpoch) },
                new BatchResult("riverside", 2026) { Failed = true },
            ]);
        Assert.Equal(2, report.Notes.Count);
        Assert.Equal("The file has no end.", report.Notes[0]);
        Assert.StartsWith("The part of riverside could not be applied", report.Notes[1], StringComparison.Ordinal);
        // A file or the API lists nothing beside: there the part given up is said once, with its reason.
        Assert.Equal(
            [.. report.Notes, "The part of oakfield was given up on 1970-01-01: The old system is gone. What it would have said counts as unknown."], report.Warnings);
    }
}
