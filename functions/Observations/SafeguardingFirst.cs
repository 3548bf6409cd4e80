using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Observations;

namespace SchoolSignal.Functions.Observations;

/// <summary>The question the form opens with, and the stop page: this form is not a report.</summary>
public sealed class SafeguardingFirst(
    ObservationDesk desk, PageRenderer pages, PupilReferences references, ObservationSubmission submission, SafeguardingContactStore contacts,
    Enrollments enrollments, DistrictToday calendar, TimeProvider time)
{
    [Function("SafeguardingQuestion")]
    public async Task<IResult> Ask(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations/question")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        return await AskAsync(request, admission.Caller, request.Query["for"].ToString(), isUnanswered: false, cancellationToken);
    }

    [Function("AnswerSafeguardingQuestion")]
    public async Task<IResult> Answer(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "observations/question")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var caller = admission.Caller;
        var form = await request.ReadFormAsync(cancellationToken);
        var reference = form["for"].ToString();
        switch (form["safeguarding"].ToString())
        {
            case "no":
                return await desk.PupilAsync(request, caller, reference, FormStep.Chosen, cancellationToken) is { } asked
                    ? ObservationDesk.See($"/observations/form?for={references.Of(asked.Reference, caller, FormStep.Asked)}")
                    : await desk.NotFoundAsync(request, caller, cancellationToken);
            case "yes":
                return await TakeConcernAsync(request, caller, reference, cancellationToken);
            default:
                return await AskAsync(request, caller, reference, isUnanswered: true, cancellationToken);
        }
    }

    [Function("StopPage")]
    public async Task<IResult> Stop(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations/stop")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.RaiseConcern, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var caller = admission.Caller;
        if (await desk.PupilAsync(request, caller, request.Query["for"].ToString(), FormStep.Concern, cancellationToken) is { } pupil
            && long.TryParse(request.Query["at"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= time.GetUtcNow().ToUnixTimeSeconds())
        {
            var profile = await enrollments.FindAsync(pupil.Reference.Student, cancellationToken);
            var school = profile?.On(await calendar.DateAsync(cancellationToken))?.School;
            return await StopAsync(request, caller, new StopModel(
                pupil.Name, DateTimeOffset.FromUnixTimeSeconds(seconds), await contacts.ReadAsync(school, cancellationToken)), cancellationToken);
        }
        // Without a pupil it says whom to speak to, and claims nothing.
        SchoolId? own = caller.Schools is { Count: > 0 } schools ? schools.Min() : null;
        return await StopAsync(request, caller, new StopModel(null, null, await contacts.ReadAsync(own, cancellationToken)), cancellationToken);
    }

    private async Task<IResult> TakeConcernAsync(HttpRequest request, Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (await desk.PupilAsync(request, caller, reference, FormStep.Chosen, cancellationToken) is not { } pupil)
            // Not even an address too old may end in an empty page: whom to speak to is there all the same.
            return ObservationDesk.See("/observations/stop");
        var draft = new ObservationDraft(pupil.Reference.Student, null, new byte?[Observation.ItemCount], null, Safeguarding: true);
        var taken = await submission.SubmitAsync(draft, pupil.Admission.Authority, pupil.Reference.Form.ToString("N"), cancellationToken);
        if (taken is not SubmissionResult.Concern concern) throw new InvalidOperationException("A concern was not taken as one.");
        var at = concern.Kept.ReceivedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return ObservationDesk.See($"/observations/stop?for={references.Of(pupil.Reference, caller, FormStep.Concern)}&at={at}");
    }

    private async Task<IResult> AskAsync(HttpRequest request, Caller caller, string reference, bool isUnanswered, CancellationToken cancellationToken)
    {
        if (await desk.PupilAsync(request, caller, reference, FormStep.Chosen, cancellationToken) is not { } pupil)
            return await desk.NotFoundAsync(request, caller, cancellationToken);
        var profile = await enrollments.FindAsync(pupil.Reference.Student, cancellationToken);
        var school = profile?.On(await calendar.DateAsync(cancellationToken))?.School;
        var model = new SafeguardingQuestionModel(
            reference, pupil.Name, isUnanswered, (await contacts.ReadAsync(school, cancellationToken)).School.AboutStaff,
            await submission.WhyNotOfferedAsync(pupil.Reference.Student, cancellationToken));
        return await pages.RenderAsync<SafeguardingQuestion, SafeguardingQuestionModel>(
            request, caller, model, cancellationToken, isUnanswered ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private Task<IResult> StopAsync(HttpRequest request, Caller caller, StopModel model, CancellationToken cancellationToken) =>
        pages.RenderAsync<Stop, StopModel>(request, caller, model, cancellationToken);
}
