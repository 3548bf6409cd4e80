using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Concerns;

namespace SchoolSignal.Functions.Notifications;

/// <summary>A safeguarding concern's page, which its alerts link to, and its acknowledgement. The school's lead sees whom it is about; an
/// administrator, alerted because nobody else answered, sees to it that somebody does.</summary>
public sealed class ConcernPages(ConcernDesk desk, UrgentWatch watch, PageRenderer pages, Gate gate, TimeProvider time)
{
    [Function("ConcernPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "concerns/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var (concern, admission, refused) = await OpenAsync(request, id, cancellationToken);
        if (concern is null) return refused!;
        var said = request.Query["done"].ToString() is "Thanks" or "Faster" ? request.Query["done"].ToString() : null;
        var read = await gate.AskAsync(request, AccessAction.ReadConcerns, AccessSubject.Of(concern.School), cancellationToken);
        var file = await desk.ReadAsync(concern, read.Refusal is null ? read.Authority : null, cancellationToken);
        return await pages.RenderAsync<ConcernPage, ConcernModel>(
            request, admission!.Caller,
            new ConcernModel(
                id, NotificationSubject.Concern(id).Reference, concern.School, concern.ReceivedAt,
                file.Name is { } name ? new ConcernDetails(name, file.RaisedBy, file.Note) : null, file.InHandOf, file.InHandSince, said),
            cancellationToken);
    }

    [Function("AcknowledgeConcern")]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "concerns/{id}/acknowledge")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        var may = await gate.AskAsync(request, AccessAction.HandleConcern, new AccessSubject.OfOwn(), cancellationToken);
        if (may.Refusal is { } no) return no;
        if (await pages.RefuseFormAsync(request, may.Caller, cancellationToken) is { } notOurs) return notOurs;
        var (concern, admission, refused) = await OpenAsync(request, id, cancellationToken);
        if (concern is null) return refused!;
        var entry = AuditEntry.OfPupil(
            admission!.Authority, AuditAction.AcknowledgeConcern, concern.Student, concern.School, time.GetUtcNow(), concern.Id.ToString("N"));
        return await watch.AcknowledgeAsync(concern.Student, concern.Id, admission.Caller.Id, [AuditTrail.Row(entry)], cancellationToken) switch
        {
            AcknowledgeResult.Done => new SeeOther($"/concerns/{id}?done=Thanks"),
            AcknowledgeResult.AlreadyAcknowledged => new SeeOther($"/concerns/{id}?done=Faster"),
            _ => await NothingAsync(request, admission.Caller, cancellationToken),
        };
    }

    /// <summary>The concern, if it is of the caller's schools; else the answer to give. Both look the same from outside.</summary>
    private async Task<(UrgentConcern?, Admission?, IResult?)> OpenAsync(HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var own = await gate.AskAsync(request, AccessAction.HandleConcern, new AccessSubject.OfOwn(), cancellationToken);
        if (own.Refusal is { } refused) return (null, null, refused);
        if (!Guid.TryParseExact(id, "N", out var concernId) || await desk.FindAsync(concernId, own.Caller, cancellationToken) is not { } concern)
            return (null, null, await NothingAsync(request, own.Caller, cancellationToken));
        var admission = await gate.AskAsync(request, AccessAction.HandleConcern, AccessSubject.Of(concern.School), cancellationToken);
        return admission.Refusal is null ? (concern, admission, null) : (null, null, await NothingAsync(request, own.Caller, cancellationToken));
    }

    private Task<IResult> NothingAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken) =>
        pages.RenderNoticeAsync(request, caller, "Concerns.NotFound", StatusCodes.Status404NotFound, cancellationToken);
}
