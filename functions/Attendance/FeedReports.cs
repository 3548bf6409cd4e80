using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Functions.SignIn;

namespace SchoolSignal.Functions.Attendance;

/// <summary>What became of feeds: a month's list, one feed's report, and its refused rows to mend and send again.</summary>
public sealed class FeedReports(FeedStore feeds, RefusedRows refused, DisclosureLog log, DistrictSettingsStore settings, Gate gate, TimeProvider time)
{
    [Function("Feeds")]
    [Operation("The feeds of a month")]
    [QueryParameter("month", "yyyy-MM of their arrival, by the district's clock; none means this month.")]
    [Answer(200, "The feeds, newest first.")]
    [Answer(400, "That is no month.", "application/problem+json")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/feeds")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (await gate.RefuseAsync(request, AccessAction.ReadFeedReports, null, cancellationToken) is { } denied) return denied;
        var profile = await settings.ReadProfileAsync(cancellationToken);
        var month = profile.DayOf(time.GetUtcNow());
        if (request.Query["month"].ToString() is { Length: > 0 } asked
            && !DateOnly.TryParseExact(asked, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out month))
            return Results.Problem("month is a year and a month, for example 2026-01.", statusCode: StatusCodes.Status400BadRequest);
        var found = await feeds.ArrivedInAsync(month, profile, cancellationToken);
        IReadOnlyList<FeedListing> newestFirst = [.. found.Select(FeedListing.Of).OrderByDescending(f => f.ArrivedAt)];
        return Results.Content(JsonSerializer.Serialize(newestFirst, FeedListingJson.Default.IReadOnlyListFeedListing), "application/json; charset=utf-8");
    }

    [Function("FeedStatus")]
    [Operation("What became of a feed")]
    [Answer(200, "How far it is, and what was applied, refused and why.")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    [Answer(404, "No such feed.", "application/problem+json")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/feeds/{feedId}")] HttpRequest request, string feedId, CancellationToken cancellationToken)
    {
        if (await gate.RefuseAsync(request, AccessAction.ReadFeedReports, null, cancellationToken) is { } denied) return denied;
        return FeedId.TryParse(feedId, out var id) && await feeds.ReportAsync(id, cancellationToken) is { } report
            ? Results.Content(FeedReportJson.Write(report), "application/json; charset=utf-8")
            : NoSuchFeed;
    }

    [Function("RefusedRows")]
    [Operation("A feed's refused rows", Description = "As they were sent, with a first column that says why. Mend them and send the file again.")]
    [Answer(200, "The rows.", "text/csv")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    [Answer(404, "No such feed.", "application/problem+json")]
    public async Task<IResult> GetRefused(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/feeds/{feedId}/refused")] HttpRequest request, string feedId, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadRefusedRows, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } denied) return denied;
        if (!FeedId.TryParse(feedId, out var id) || await feeds.ReportAsync(id, cancellationToken) is not { } report) return NoSuchFeed;
        await log.ReadRunAsync(admission.Authority, AuditAction.ReadRefusedRows, null, id.Value, cancellationToken);
        return Results.Stream(stream => refused.WriteAsync(report, stream, cancellationToken), "text/csv; charset=utf-8");
    }

    private static IResult NoSuchFeed { get; } = Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is no such feed", detail: "The id stands in the answer to the upload, and in the list at /api/feeds.");
}
