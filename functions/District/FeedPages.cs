using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>What came in, how far it reaches, what was refused, and what waits to be repeated.</summary>
public sealed class FeedPages(
    FeedStore feeds, FreshnessReading freshness, FailureStore failures, Gate gate, PageRenderer pages, TimeProvider time)
{
    private const string Address = "/district/feeds";

    [Function("FeedsPage")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/feeds")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadFeedReports, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        ArgumentNullException.ThrowIfNull(request);
        var running = MonthOf(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var month = DateOnly.TryParseExact(request.Query["month"], "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) && asked <= running ? asked : running;
        var found = new List<FeedStatus>();
        await foreach (var status in feeds.InMonthAsync(month.ToString("yyyyMM", CultureInfo.InvariantCulture), cancellationToken)) found.Add(status);
        var model = new FeedsModel(
            month, month.AddMonths(-1), month < running ? month.AddMonths(1) : null, [.. found.OrderByDescending(feed => feed.ArrivedAt)],
            await freshness.ReadAsync(cancellationToken),
            await failures.ListAsync(cancellationToken), DistrictForm.DoneOf(request));
        return await pages.RenderAsync<FeedsPage, FeedsModel>(request, admission.Caller, model, cancellationToken);
    }

    [Function("FeedPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/feeds/{feedId}")] HttpRequest request, string feedId, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadFeedReports, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (!FeedId.TryParse(feedId, out var id) || await feeds.ReportAsync(id, cancellationToken) is not { } report)
            return await pages.RenderNoticeAsync(request, admission.Caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken);
        var rows = AccessPolicy.Decide(admission.Caller, AccessAction.ReadRefusedRows, AccessSubject.Of(null)).IsAllowed;
        return await pages.RenderAsync<FeedPage, FeedModel>(request, admission.Caller, new FeedModel(report, rows), cancellationToken);
    }

    [Function("ReplayFailurePage")]
    public async Task<IResult> Replay(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/feeds")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.HandleFailures, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        return DistrictForm.After(Address, await failures.ReplayAsync(form.Text("failure"), cancellationToken) switch
        {
            ReplayResult.Sent => DistrictDone.Replayed,
            ReplayResult.NotFound => DistrictDone.ReplayGone,
            ReplayResult.NotReplayable => DistrictDone.NotReplayable,
            _ => throw new InvalidOperationException("An outcome of a replay is not handled."),
        });
    }

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
