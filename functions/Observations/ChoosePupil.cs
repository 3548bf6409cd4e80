using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Observations;

namespace SchoolSignal.Functions.Observations;

/// <summary>Finding a pupil of one's own classes for the form.</summary>
public sealed class ChoosePupil(ObservationDesk desk, PageRenderer pages, OwnPupils pupils, PupilReferences references, ObservationSubmission submission)
{
    [Function("ChoosePupil")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations/new")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var titles = await pupils.TitlesAsync(admission.Caller, cancellationToken);
        // The place of a class in one's own list: an address then holds no id.
        var chosen = int.TryParse(request.Query["class"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var own = await pupils.ReadAsync(admission.Caller, admission.Authority, chosen, cancellationToken);
        var model = new ChoosePupilModel(
            titles, own is null ? -1 : chosen, [.. (own?.Pupils ?? []).Select(pupil => Choice(pupil, admission.Caller) with { Class = null })],
            await submission.WhyNotOfferedAsync(null, cancellationToken));
        return await pages.RenderAsync<Pages.Observations.ChoosePupil, ChoosePupilModel>(request, admission.Caller, model, cancellationToken);
    }

    [Function("TakePupil")]
    public async Task<IResult> Take(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "observations/new")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var reference = (await request.ReadFormAsync(cancellationToken))["pupil"].ToString();
        return references.TryRead(reference, admission.Caller, FormStep.Chosen, out _)
            ? ObservationDesk.See($"/observations/question?for={reference}")
            : await desk.NotFoundAsync(request, admission.Caller, cancellationToken);
    }

    /// <summary>For typing: posted, so that no part of a name stands in an address.</summary>
    [Function("FindPupils")]
    public async Task<IResult> Find(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "observations/pupils")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var typed = (await request.ReadFormAsync(cancellationToken))["name"].ToString();
        var found = typed.Length > 60 ? [] : await pupils.FindAsync(admission.Caller, admission.Authority, typed, cancellationToken);
        return Results.Json(found.Select(pupil => Choice(pupil, admission.Caller)));
    }

    private PupilChoice Choice(OwnPupil pupil, Caller caller) =>
        new(references.Of(new FormReference(pupil.Student, Guid.NewGuid()), caller, FormStep.Chosen), pupil.Name, pupil.ClassTitle);
}
