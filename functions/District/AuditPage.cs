using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>The administrator's look into who read and changed what.</summary>
public sealed class AuditPage(AuditDesk desk, PageRenderer pages, Gate gate, TimeProvider time)
{
    /// <summary>By staff, action, school and days; the empty form before anything is asked.</summary>
    [Function("AuditSearch")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/audit")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadAudit, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        // A pupil's id in an address would stay in histories and logs: it is only taken from a posted form.
        var form = AuditForm.Of(name => name is "student" or "purpose" ? "" : request.Query[name].ToString(), Today);
        return request.Query.Count == 0
            ? await pages.RenderAsync<Audit, AuditModel>(request, admission.Caller, new AuditModel(form), cancellationToken)
            : await AnswerAsync(request, admission, form, cancellationToken);
    }

    /// <summary>By pupil. It changes nothing, but must not stand in an address.</summary>
    [Function("AuditOfPupil")]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/audit")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadAudit, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } foreign) return foreign;
        var fields = await request.ReadFormAsync(cancellationToken);
        var form = AuditForm.Of(name => fields[name].ToString(), Today);
        return form.Student.Length > 0
            ? await AnswerAsync(request, admission, form, cancellationToken)
            : await pages.RenderAsync<Audit, AuditModel>(
                request, admission.Caller, new AuditModel(form, "Student"), cancellationToken, StatusCodes.Status400BadRequest);
    }

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private async Task<IResult> AnswerAsync(HttpRequest request, Admission admission, AuditForm form, CancellationToken cancellationToken)
    {
        var model = form.Read() is ({ } ask, _)
            ? AuditModel.Of(form, await desk.AnswerAsync(admission.Authority, ask, cancellationToken))
            : new AuditModel(form, form.Read().Wrong);
        return await pages.RenderAsync<Audit, AuditModel>(
            request, admission.Caller, model, cancellationToken, model.Wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }
}
