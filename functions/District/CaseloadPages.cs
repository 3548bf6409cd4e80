using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Observations;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>Pupils named for a counsellor's caseload: who they are, finding another, taking one out.</summary>
public sealed class CaseloadPages(
    CaseloadDesk desk, PupilSearch search, SchoolRegistry registry, PupilReferences references, Gate gate, PageRenderer pages)
{
    private const int LongestName = 60;

    [Function("CaseloadPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/staff/{staffId}/pupils")] HttpRequest request, string staffId, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.NamePupils, AccessSubject.Of(null), cancellationToken);
        return admission.Refusal ?? await ShowAsync(request, admission, staffId, FormState.Of(new Dictionary<string, string>()), null, cancellationToken);
    }

    /// <summary>One of three buttons: find, add, take out.</summary>
    [Function("ChangeCaseload")]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/staff/{staffId}/pupils")] HttpRequest request, string staffId, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.NamePupils, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        foreach (var isIn in new[] { true, false })
            if (form.Text(isIn ? "add" : "remove") is { Length: > 0 } reference)
                return await ChangeAsync(request, admission, staffId, reference, isIn, cancellationToken);

        var name = form.Required("name", LongestName);
        if (!SchoolId.TryParse(form.Text("school"), out var school)) form.Fail("school", "District.Error.Missing");
        var found = form.HasErrors ? null : await search.FindAsync(admission.Authority, school, name, cancellationToken);
        return await ShowAsync(request, admission, staffId, form.Back(new Dictionary<string, string>()), found, cancellationToken);
    }

    private async Task<IResult> ChangeAsync(
        HttpRequest request, Admission admission, string staffId, string reference, bool isIn, CancellationToken cancellationToken)
    {
        if (!StaffId.TryParse(staffId, out var id) || !references.TryRead(reference, admission.Caller, FormStep.Caseload, out var pupil))
            return await NotFoundAsync(request, admission.Caller, cancellationToken);
        return await desk.ChangeAsync(id, pupil.Student, isIn, admission.Authority, cancellationToken) switch
        {
            CaseloadChange.Done or CaseloadChange.Unchanged => After(id, isIn ? DistrictDone.PupilNamed : DistrictDone.PupilTakenOut),
            CaseloadChange.TooMany => After(id, DistrictDone.CaseloadFull),
            CaseloadChange.NotFound => await NotFoundAsync(request, admission.Caller, cancellationToken),
            _ => throw new InvalidOperationException("An outcome of a caseload's change is not handled."),
        };
    }

    private async Task<IResult> ShowAsync(
        HttpRequest request, Admission admission, string staffId, FormState form, IReadOnlyList<FoundPupil>? found, CancellationToken cancellationToken)
    {
        if (!StaffId.TryParse(staffId, out var id) || await desk.ReadAsync(id, admission.Authority, cancellationToken) is not { } caseload)
            return await NotFoundAsync(request, admission.Caller, cancellationToken);
        var model = new CaseloadModel(
            caseload.Counsellor, Refer(caseload.Pupils, admission.Caller), await SchoolsAsync(caseload.Counsellor, cancellationToken), form,
            found is null ? null : Refer(found.Where(pupil => !caseload.Counsellor.Caseload.Pupils.Contains(pupil.Student)), admission.Caller),
            DistrictForm.DoneOf(request));
        return await pages.RenderAsync<CaseloadPage, CaseloadModel>(
            request, admission.Caller, model, cancellationToken, form.HasErrors ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);
    }

    private async Task<IReadOnlyList<SchoolId>> SchoolsAsync(StaffMember counsellor, CancellationToken cancellationToken) =>
        [.. counsellor.Schools.Order(), .. (await registry.AllAsync(cancellationToken)).Where(school => !counsellor.Schools.Contains(school))];

    private IReadOnlyList<PupilFound> Refer(IEnumerable<FoundPupil> pupils, Caller caller) =>
    [
        .. pupils.Select(pupil => new PupilFound(
            references.Of(new FormReference(pupil.Student, Guid.Empty), caller, FormStep.Caseload), pupil.Name, pupil.Grade) { School = pupil.School }),
    ];

    private static SeeOther After(StaffId id, DistrictDone done) => DistrictForm.After($"/district/staff/{id}/pupils", done);

    private Task<IResult> NotFoundAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken) =>
        pages.RenderNoticeAsync(request, caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken);
}
