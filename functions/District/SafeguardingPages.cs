using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>Whom the staff speak to when a child may be in danger: the district's contact, and each school's.</summary>
public sealed class SafeguardingPages(
    SafeguardingContactStore contacts, DistrictChanges changes, FreshnessReading schools, Gate gate, PageRenderer pages)
{
    private const string Address = "/district/safeguarding";

    [Function("SafeguardingPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/safeguarding")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        return await ShowAsync(request, admission.Caller, SchoolOf(request.Query["school"].ToString()), null, cancellationToken);
    }

    [Function("SaveSafeguardingPage")]
    public async Task<IResult> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/safeguarding")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        var school = SchoolOf(form.Text("school"));
        var emergency = form.Text("emergency", 40);
        var own = new SchoolSafeguarding(ContactOf(form, "lead"), ContactOf(form, "deputy"), ContactOf(form, "staff"), emergency.Length == 0 ? null : emergency);
        var district = ContactOf(form, "district");
        if (form.HasErrors) return await ShowAsync(request, admission.Caller, school, form, cancellationToken);
        await changes.SetSafeguardingAsync(school, district, own, admission.Authority, cancellationToken);
        return DistrictForm.After(Address, DistrictDone.Saved);
    }

    private async Task<IResult> ShowAsync(HttpRequest request, Caller caller, SchoolId? school, DistrictForm? form, CancellationToken cancellationToken)
    {
        var own = await contacts.ReadOwnAsync(school, cancellationToken);
        var rows = new List<SchoolContacts>();
        foreach (var one in await schools.ReadAsync(cancellationToken))
            rows.Add(new SchoolContacts(one.School, (await contacts.ReadAsync(one.School, cancellationToken)).School));
        var values = ValuesOf(own);
        var model = new SafeguardingModel(
            school, (await contacts.ReadAsync(null, cancellationToken)).District, rows, form?.Back(values) ?? FormState.Of(values),
            form is null ? DistrictForm.DoneOf(request) : null);
        return await pages.RenderAsync<SafeguardingPage, SafeguardingModel>(
            request, caller, model, cancellationToken, form is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static SchoolId? SchoolOf(string text) => SchoolId.TryParse(text, out var school) ? school : null;

    /// <summary>Both name and number, or neither.</summary>
    private static SafeguardingContact? ContactOf(DistrictForm form, string prefix)
    {
        var (name, phone) = (form.Text($"{prefix}-name", 80), form.Text($"{prefix}-phone", 40));
        if (name.Length > 0 && phone.Length > 0) return new SafeguardingContact(name, phone);
        if (name.Length > 0) form.Fail($"{prefix}-phone", "District.Error.Missing");
        if (phone.Length > 0) form.Fail($"{prefix}-name", "District.Error.Missing");
        return null;
    }

    private static Dictionary<string, string> ValuesOf(SafeguardingContacts own)
    {
        var values = new Dictionary<string, string> { ["emergency"] = own.School.EmergencyNumber ?? "" };
        foreach (var (prefix, contact) in new[] { ("district", own.District), ("lead", own.School.Lead), ("deputy", own.School.Deputy), ("staff", own.School.AboutStaff) })
        {
            values[$"{prefix}-name"] = contact?.Name ?? "";
            values[$"{prefix}-phone"] = contact?.Phone ?? "";
        }
        return values;
    }
}
