using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Functions.District;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;
using SchoolSignal.Pages.Reports;

namespace SchoolSignal.Functions.Reports;

/// <summary>The district's reports: looked at, released by a person, read, taken along as files.</summary>
public sealed class ReportPages(ReportReading reports, ReportDesk desk, ReportBodies bodies, StaffStore staff, Gate gate, PageRenderer pages)
{
    private const string Address = "/district/reports";

    [Function("ReportsPage")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/reports")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadTrends, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var list = await reports.ListAsync(cancellationToken);
        var model = MayRelease(admission.Caller) ? list : list with { Drafts = [] };
        return await pages.RenderAsync<ReportsPage, ReportList>(request, admission.Caller, model, cancellationToken);
    }

    [Function("ReportPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/reports/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadTrends, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        return await ShowAsync(request, admission.Caller, id, null, cancellationToken);
    }

    [Function("DecideReportPage")]
    public async Task<IResult> Decide(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/reports/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReleaseReports, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        if (!ReportId.TryParse(id, out var report)) return await NotFoundAsync(request, admission.Caller, cancellationToken);
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        switch (form.Text("decision"))
        {
            case "preview":
                return await AfterAsync(await desk.PreviewAsync(report, admission.Authority, cancellationToken), DistrictDone.ReportPreviewed);
            case "release":
                return await AfterAsync(await desk.ReleaseAsync(report, admission.Authority, cancellationToken), DistrictDone.ReportReleased);
            default:
                var reason = form.Required("reason", Report.MaxReason);
                if (form.HasErrors) return await ShowAsync(request, admission.Caller, id, form, cancellationToken);
                return await AfterAsync(await desk.WithdrawAsync(report, reason, admission.Authority, cancellationToken), DistrictDone.ReportWithdrawn);
        }

        async Task<IResult> AfterAsync(ReportStepResult result, DistrictDone done) => result switch
        {
            ReportStepResult.Done => DistrictForm.After($"{Address}/{report}", done),
            ReportStepResult.ProtectedAnew => DistrictForm.After($"{Address}/{report}", DistrictDone.ReportProtectedAnew),
            // The page says itself what is in the way.
            ReportStepResult.Hindered => new SeeOther($"{Address}/{report}"),
            ReportStepResult.NotPermitted => DistrictForm.After($"{Address}/{report}", DistrictDone.NotOpen),
            ReportStepResult.NotFound => await NotFoundAsync(request, admission.Caller, cancellationToken),
            _ => throw new InvalidOperationException("An outcome of a step with a report is not handled."),
        };
    }

    [Function("ReportFile")]
    public async Task<IResult> File(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/reports/{id}/{file}")] HttpRequest request, string id, string file, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadTrends, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var type = file switch
        {
            ReportArchive.CsvFile => "text/csv; charset=utf-8",
            ReportArchive.JsonFile or ReportArchive.CertificateFile => "application/json; charset=utf-8",
            _ => null,
        };
        if (type is null || !ReportId.TryParse(id, out var report) || await reports.OpenAsync(report, file, cancellationToken) is not { } stream)
            return await NotFoundAsync(request, admission.Caller, cancellationToken);
        return Results.File(stream, type, $"{report}-{file}");
    }

    private async Task<IResult> ShowAsync(HttpRequest request, Caller caller, string id, DistrictForm? form, CancellationToken cancellationToken)
    {
        var mayRelease = MayRelease(caller);
        if (!ReportId.TryParse(id, out var asked) || await reports.FindAsync(asked, cancellationToken) is not { } view
            || (!mayRelease && view.Report.ReleasedAt is null))
            return await NotFoundAsync(request, caller, cancellationToken);
        var names = (await staff.ListAsync(cancellationToken)).ToDictionary(member => member.Id.Value, member => member.DisplayName);
        var model = new ReportModel(view, await bodies.OfAsync(request, view, cancellationToken), names, mayRelease, form?.Back(new Dictionary<string, string>()) ?? FormState.Of(new Dictionary<string, string>()), DistrictForm.DoneOf(request));
        return await pages.RenderAsync<ReportPage, ReportModel>(
            request, caller, model, cancellationToken, form is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static bool MayRelease(Caller caller) => AccessPolicy.Decide(caller, AccessAction.ReleaseReports, AccessSubject.Of(null)).IsAllowed;

    private Task<IResult> NotFoundAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken) =>
        pages.RenderNoticeAsync(request, caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken);
}
