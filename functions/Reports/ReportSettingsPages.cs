using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Privacy;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Functions.District;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;
using SchoolSignal.Pages.Reports;

namespace SchoolSignal.Functions.Reports;

/// <summary>Whether small numbers are hidden or chance is added to all, and how much.</summary>
public sealed class ReportSettingsPages(ReportSettingsStore settings, Outbox outbox, DistrictId district, TimeProvider time, Gate gate, PageRenderer pages)
{
    private const string Address = "/district/reports-settings";

    [Function("ReportSettingsPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/reports-settings")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var (decided, _) = await settings.ReadAsync(cancellationToken);
        return await pages.RenderAsync<ReportSettingsPage, ReportSettingsModel>(
            request, admission.Caller, new ReportSettingsModel(FormState.Of(ValuesOf(decided)), DistrictForm.DoneOf(request)), cancellationToken);
    }

    [Function("SaveReportSettingsPage")]
    public async Task<IResult> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/reports-settings")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        var mode = Enum.TryParse<ReportMode>(form.Text("mode"), out var asked) && Enum.IsDefined(asked) ? asked : ReportMode.Hide;
        var threshold = form.Number("threshold", ReportSettings.LeastThreshold, ReportSettings.MostThreshold);
        var yearly = form.Number("yearly", ReportSettings.LeastEpsilon, Epsilon.MostThousandths);
        var each = form.Number("epsilon", ReportSettings.LeastEpsilon, yearly ?? Epsilon.MostThousandths);
        foreach (var (field, number) in new[] { ("threshold", threshold), ("epsilon", each), ("yearly", yearly) })
            if (number is null) form.Fail(field, "District.Error.Missing");
        if (form.HasErrors)
            return await pages.RenderAsync<ReportSettingsPage, ReportSettingsModel>(
                request, admission.Caller, new ReportSettingsModel(form.Back(new Dictionary<string, string>()), null), cancellationToken, StatusCodes.Status400BadRequest);

        var entry = AuditTrail.Row(AuditEntry.OfDistrict(admission.Authority, AuditAction.ChangeSettings, time.GetUtcNow()));
        var after = new ReportSettings(mode, threshold!.Value, each!.Value, yearly!.Value);
        while (!await settings.SaveAsync(after, (await settings.ReadAsync(cancellationToken)).Version, cancellationToken, entry)) cancellationToken.ThrowIfCancellationRequested();
        await outbox.RelayAsync(TableName.District, PartitionKey.Of(district.Value), cancellationToken);
        return DistrictForm.After(Address, DistrictDone.Saved);
    }

    private static Dictionary<string, string> ValuesOf(ReportSettings decided) => new()
    {
        ["mode"] = decided.Mode.ToString(),
        ["threshold"] = decided.Threshold.ToString(CultureInfo.InvariantCulture),
        ["epsilon"] = decided.EpsilonOfReport.ToString(CultureInfo.InvariantCulture),
        ["yearly"] = decided.EpsilonOfYear.ToString(CultureInfo.InvariantCulture),
    };
}
