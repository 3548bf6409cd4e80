using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>The staff: roles, schools, caseloads, deputies.</summary>
public sealed class StaffPages(StaffStore staff, FreshnessReading schools, DistrictChanges changes, Gate gate, PageRenderer pages)
{
    private const string Address = "/district/staff";
    private const string New = "new";

    [Function("StaffPage")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/staff")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var everybody = await staff.ListAsync(cancellationToken);
        var led = everybody.Where(member => member.IsActive && member.Roles.Contains(Role.SafeguardingLead)).SelectMany(member => member.Schools).ToHashSet();
        var search = request.Query["q"].ToString().Trim();
        var role = Enum.TryParse<Role>(request.Query["role"].ToString(), out var asked) && Roles.OfPeople.Contains(asked) ? asked : (Role?)null;
        var found = everybody.Where(member => role is null || member.Roles.Contains(role.Value)).Where(member => Matches(member, search))
            .OrderByDescending(member => member.IsActive).ThenBy(member => member.DisplayName, StringComparer.CurrentCulture).ToList();
        var model = new StaffModel(
            [.. found.Take(StaffModel.Most)], found.Count, search, role,
            [.. (await schools.ReadAsync(cancellationToken)).Select(school => school.School).Where(school => !led.Contains(school))],
            DistrictForm.DoneOf(request));
        return await pages.RenderAsync<StaffPage, StaffModel>(request, admission.Caller, model, cancellationToken);
    }

    [Function("StaffMemberPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/staff/{staffId}")] HttpRequest request, string staffId, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var stored = await FindAsync(staffId, cancellationToken);
        return stored is null && staffId != New
            ? await pages.RenderNoticeAsync(request, admission.Caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken)
            : await ShowAsync(request, admission.Caller, stored, null, cancellationToken);
    }

    [Function("SaveStaffMemberPage")]
    public async Task<IResult> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/staff/{staffId}")] HttpRequest request, string staffId, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var stored = await FindAsync(staffId, cancellationToken);
        if (stored is null && staffId != New)
            return await pages.RenderNoticeAsync(request, admission.Caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken);
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        var member = StaffForm.Read(form, stored?.Member);
        if (stored is not null && form.Text("version") != VersionOf(stored)) form.Fail("name", "District.Error.Changed");
        if (form.HasErrors) return await ShowAsync(request, admission.Caller, stored, form, cancellationToken);
        switch (await changes.SaveStaffAsync(member, stored?.Version, admission.Authority, cancellationToken))
        {
            case StaffSaved.Saved: return DistrictForm.After(Address, DistrictDone.Saved);
            case StaffSaved.AlreadyTaken: form.Fail("account", "District.Error.AccountTaken"); break;
            default: form.Fail("name", "District.Error.Changed"); break;
        }
        return await ShowAsync(request, admission.Caller, await FindAsync(staffId, cancellationToken), form, cancellationToken);
    }

    private static bool Matches(StaffMember member, string search) => search.Length == 0
        || member.DisplayName.Contains(search, StringComparison.CurrentCultureIgnoreCase)
        || (member.UserPrincipalName?.Contains(search, StringComparison.OrdinalIgnoreCase) ?? false)
        || member.Schools.Any(school => school.Value.Contains(search, StringComparison.OrdinalIgnoreCase));

    private async ValueTask<StoredStaff?> FindAsync(string staffId, CancellationToken cancellationToken) =>
        staffId != New && StaffId.TryParse(staffId, out var id) ? await staff.FindAsync(id, cancellationToken) : null;

    private async Task<IResult> ShowAsync(HttpRequest request, Caller caller, StoredStaff? stored, DistrictForm? form, CancellationToken cancellationToken)
    {
        var values = StaffForm.ValuesOf(stored?.Member);
        var state = form?.Back(values) ?? FormState.Of(values);
        // What is typed stays, on the version there is now: saving again is then meant.
        var versioned = new Dictionary<string, string>(state.Values) { ["version"] = stored is null ? "" : VersionOf(stored) };
        var colleagues = (await staff.ListAsync(cancellationToken)).Where(other => other.IsActive && other.Id != stored?.Member.Id)
            .OrderBy(other => other.DisplayName, StringComparer.CurrentCulture);
        return await pages.RenderAsync<StaffMemberPage, StaffMemberModel>(
            request, caller, new StaffMemberModel(stored?.Member.Id, [.. colleagues], state with { Values = versioned }), cancellationToken,
            form is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static string VersionOf(StoredStaff stored) => string.Create(CultureInfo.InvariantCulture, $"{stored.Version}");
}
