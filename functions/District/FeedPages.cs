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
    FeedStore feeds, FreshnessReading freshness, FailureStore failures, AbandonedBatches abandoned, StaffStore staff, DistrictSettingsStore settings, Gate gate,
    PageRenderer pages, TimeProvider time)
{
    private const string Address = "/district/feeds";

    [Function("FeedsPage")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/feeds")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadFeedReports, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        return await ShowAsync(request, admission.Caller, null, cancellationToken);
    }

    private async Task<IResult> ShowAsync(HttpRequest request, Caller caller, DistrictForm? form, CancellationToken cancellationToken)
    {
        var profile = await settings.ReadProfileAsync(cancellationToken);
        var running = MonthOf(profile.DayOf(time.GetUtcNow()));
        var month = DateOnly.TryParseExact(request.Query["month"], "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) && asked <= running ? asked : running;
        var found = await feeds.ArrivedInAsync(month, profile, cancellationToken);
        var model = new FeedsModel(
            month, month.AddMonths(-1), month < running ? month.AddMonths(1) : null, [.. found.OrderByDescending(feed => feed.ArrivedAt)],
            await freshness.ReadAsync(cancellationToken), FailurePart.Of(await failures.ListAsync(cancellationToken), NumberOf(request.Query["failures"])),
            form?.Back(new Dictionary<string, string>()) ?? FormState.Of(new Dictionary<string, string>()), form is null ? DistrictForm.DoneOf(request) : null);
        return await pages.RenderAsync<FeedsPage, FeedsModel>(
            request, caller, model, cancellationToken, form is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
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
        return await pages.RenderAsync<FeedPage, FeedModel>(request, admission.Caller, new FeedModel(report, rows, await GivenUpAsync(report, cancellationToken)), cancellationToken);
    }

    [Function("ReplayFailurePage")]
    public async Task<IResult> Replay(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/feeds")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.HandleFailures, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        if (form.Text("do") == "give-up") return await GiveUpAsync(request, admission, form, cancellationToken);
        return DistrictForm.After(Address, await failures.ReplayAsync(form.Text("failure"), cancellationToken) switch
        {
            ReplayResult.Sent => DistrictDone.Replayed,
            ReplayResult.NotFound => DistrictDone.ReplayGone,
            ReplayResult.NotReplayable => DistrictDone.NotReplayable,
            _ => throw new InvalidOperationException("An outcome of a replay is not handled."),
        });
    }

    private async Task<IResult> GiveUpAsync(HttpRequest request, Admission admission, DistrictForm form, CancellationToken cancellationToken)
    {
        var failure = form.Text("failure");
        // Each failure's form has a field of its own, so that what was typed comes back where it was typed.
        var reason = form.Required(FailurePart.ReasonFieldOf(failure), Abandonment.MaxReason);
        if (form.HasErrors) return await ShowAsync(request, admission.Caller, form, cancellationToken);
        return DistrictForm.After(Address, await abandoned.AbandonAsync(failure, reason, admission.Authority, cancellationToken) switch
        {
            AbandonResult.Abandoned => DistrictDone.GivenUp,
            AbandonResult.NotFound => DistrictDone.GiveUpGone,
            AbandonResult.NotABatch => DistrictDone.NotABatch,
            AbandonResult.AlreadyApplied => DistrictDone.AlreadyApplied,
            _ => throw new InvalidOperationException("An outcome of giving up is not handled."),
        });
    }

    private async Task<IReadOnlyList<GivenUpPart>> GivenUpAsync(FeedReport report, CancellationToken cancellationToken)
    {
        var parts = new List<GivenUpPart>();
        foreach (var result in report.Results)
            if (result.Abandoned is { } why)
                parts.Add(new GivenUpPart(
                    result.School, StaffId.TryParse(why.By, out var id) && await staff.FindAsync(id, cancellationToken) is { } found ? found.Member.DisplayName : why.By,
                    why.At, why.Reason));
        return parts;
    }

    private static int NumberOf(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
