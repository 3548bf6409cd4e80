using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Observations;

namespace SchoolSignal.Functions.Observations;

/// <summary>The thirteen items: filled in, looked over, sent.</summary>
public sealed class FillForm(
    ObservationDesk desk, PageRenderer pages, ObservationSubmission submission, DistrictSettingsStore settings, TimeProvider time)
{
    [Function("ObservationForm")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations/form")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var reference = request.Query["for"].ToString();
        if (await desk.PupilAsync(request, admission.Caller, reference, FormStep.Asked, cancellationToken) is not { } pupil)
            return await desk.NotFoundAsync(request, admission.Caller, cancellationToken);
        var today = await TodayAsync(cancellationToken);
        return await ShowAsync(
            request, admission.Caller, pupil, reference, today.ToString("O", CultureInfo.InvariantCulture), TypedAnswers.Empty, [], cancellationToken);
    }

    [Function("TakeObservation")]
    public async Task<IResult> Take(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "observations/form")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var caller = admission.Caller;
        var form = await request.ReadFormAsync(cancellationToken);
        var reference = form["for"].ToString();
        if (await desk.PupilAsync(request, caller, reference, FormStep.Asked, cancellationToken) is not { } pupil)
            return await desk.NotFoundAsync(request, caller, cancellationToken);

        var answers = FormFields.Answers(form);
        var typedDate = form["date"].ToString();
        var date = FormFields.Date(form);
        var draft = new ObservationDraft(pupil.Reference.Student, date, answers.ToItems(), answers.Note, Safeguarding: false);
        List<ObservationProblem> problems = [.. FormFields.Unknown(answers), .. ObservationCheck.Problems(draft, await TodayAsync(cancellationToken))];
        if (date is null) problems.Add(new ObservationProblem("date", ObservationFault.NotReadable));
        var step = form["step"].ToString();
        if (problems.Count > 0 || step == "edit")
            return await ShowAsync(request, caller, pupil, reference, typedDate, answers, step == "edit" ? [] : problems, cancellationToken);
        if (step != "send")
            return await pages.RenderAsync<Confirm, ConfirmModel>(
                request, caller, new ConfirmModel(reference, DraftOf(pupil), pupil.Name, date!.Value, answers), cancellationToken);

        return await submission.SubmitAsync(draft, pupil.Admission.Authority, pupil.Reference.Form.ToString("N"), cancellationToken) switch
        {
            SubmissionResult.Taken => ObservationDesk.See("/observations/sent"),
            SubmissionResult.Invalid invalid => await ShowAsync(request, caller, pupil, reference, typedDate, answers, invalid.Problems, cancellationToken),
            SubmissionResult.NotOffered => ObservationDesk.See("/observations"),
            SubmissionResult.KeyUsedBefore => await pages.RenderNoticeAsync(request, caller, "Forms.KeyUsed", StatusCodes.Status409Conflict, cancellationToken),
            _ => throw new InvalidOperationException("An outcome of a submission is not handled."),
        };
    }

    [Function("ObservationSent")]
    public async Task<IResult> Sent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations/sent")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.SubmitObservation, cancellationToken);
        return admission.Refusal ?? await pages.RenderAsync<Sent, SentModel>(request, admission.Caller, new SentModel(), cancellationToken);
    }

    private async Task<IResult> ShowAsync(
        HttpRequest request, Caller caller, PupilAtDesk pupil, string reference, string date, TypedAnswers answers,
        IReadOnlyList<ObservationProblem> problems, CancellationToken cancellationToken)
    {
        var today = await TodayAsync(cancellationToken);
        var model = new ObservationFormModel(
            reference, DraftOf(pupil), pupil.Name, date, today.AddDays(-ObservationCheck.MaxAgeDays), today, answers, problems);
        return await pages.RenderAsync<Pages.Observations.ObservationForm, ObservationFormModel>(
            request, caller, model, cancellationToken, problems.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private async Task<DateOnly> TodayAsync(CancellationToken cancellationToken) =>
        (await settings.ReadProfileAsync(cancellationToken)).DayOf(time.GetUtcNow());

    /// <summary>Random, of this one form.</summary>
    private static string DraftOf(PupilAtDesk pupil) => pupil.Reference.Form.ToString("N");
}
