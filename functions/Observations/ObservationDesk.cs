using Microsoft.AspNetCore.Http;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Observations;

/// <summary>A pupil a reference stands for, whom the gate has let the caller observe.</summary>
/// <param name="Admission">For the pupil, not for the page as a whole.</param>
public sealed record PupilAtDesk(FormReference Reference, Admission Admission, string Name);

/// <summary>What the pages of the observation form have in common: who asks, and which pupil a reference stands for.</summary>
public sealed class ObservationDesk(Gate gate, PageRenderer pages, PupilReferences references, OwnPupils pupils, DisclosureLog disclosures)
{
    /// <summary>Asks the gate whether the caller observes at all; of a post also whether its form is one of ours.</summary>
    public async Task<Admission> AdmitAsync(HttpRequest request, AccessAction action, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, action, new AccessSubject.OfOwn(), cancellationToken);
        if (admission.Refusal is not null || !HttpMethods.IsPost(request.Method)) return admission;
        return admission with { Refusal = await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) };
    }

    /// <summary>The pupil, or null: the reference is too old or not the caller's, or the pupil is no longer in a class of the
    /// caller's, or was erased. That the name is shown is in the audit when this returns.</summary>
    public async Task<PupilAtDesk?> PupilAsync(HttpRequest request, Caller caller, string? reference, FormStep step, CancellationToken cancellationToken)
    {
        if (!references.TryRead(reference, caller, step, out var read)) return null;
        var admission = await gate.AskAsync(request, caller, AccessAction.SubmitObservation, read.Student, null, cancellationToken);
        if (admission.Refusal is not null || await pupils.NameAsync(read.Student, cancellationToken) is not { } name) return null;
        await disclosures.ReadAsync(admission.Authority, AuditAction.FindPupil, read.Student, null, null, cancellationToken);
        return new PupilAtDesk(read, admission, name);
    }

    public Task<IResult> NotFoundAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken) =>
        pages.RenderNoticeAsync(request, caller, "Forms.NotFound", StatusCodes.Status404NotFound, cancellationToken);

    /// <summary>After a post: go and get that page.</summary>
    public static IResult See(string address) => new SeeOther(address);
}
