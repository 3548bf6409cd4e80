using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Attendance;

/// <summary>What became of a feed: its report, and its refused rows to mend and send again.</summary>
public sealed class FeedReports(FeedStore feeds, RefusedRows refused)
{
    [Function("FeedStatus")]
    [Operation("What became of a feed")]
    [Answer(200, "How far it is, and what was applied, refused and why.")]
    [Answer(404, "No such feed.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/feeds/{feedId}")] HttpRequest request, string feedId, CancellationToken cancellationToken) =>
        FeedId.TryParse(feedId, out var id) && await feeds.ReportAsync(id, cancellationToken) is { } report
            ? Results.Content(FeedReportJson.Write(report), "application/json; charset=utf-8")
            : Results.NotFound();

    [Function("RefusedRows")]
    [Operation("A feed's refused rows", Description = "As they were sent, with a first column that says why. Mend them and send the file again.")]
    [Answer(200, "The rows.", "text/csv")]
    [Answer(404, "No such feed.")]
    public async Task<IResult> GetRefused(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/feeds/{feedId}/refused")] HttpRequest request, string feedId, CancellationToken cancellationToken) =>
        FeedId.TryParse(feedId, out var id) && await feeds.ReportAsync(id, cancellationToken) is { } report
            ? Results.Stream(stream => refused.WriteAsync(report, stream, cancellationToken), "text/csv; charset=utf-8")
            : Results.NotFound();
}
