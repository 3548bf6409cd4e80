using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Observations;

namespace SchoolSignal.Functions.Observations;

/// <summary>One's own earlier forms: list, correct, take back.</summary>
public sealed class OwnForms(
    ObservationDesk desk, PageRenderer pages, OwnSubmissions own, ObservationSubmission submission, OwnPupils pupils, DisclosureLog disclosures, TimeProvider time)
{
    /// <summary>The newest; older ones are on file and out of the way.</summary>
    private const int MostListed = 50;

    private static readonly string[] Notices = ["Corrected", "Withdrawn"];

    [Function("OwnForms")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.ReadOwnObservations, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var now = time.GetUtcNow();
        var forms = await own.ReadAsync(admission.Caller.Id.Value, MostListed, cancellationToken);
        var lines = new List<OwnFormLine>();
        foreach (var form in forms)
            if (await pupils.NameAsync(form.Observation.Student, cancellationToken) is { } name)
                lines.Add(new OwnFormLine(
                    form.Observation.Id.ToString(), name, form.Observation.Date, form.SubmittedAt!.Value, form.IsWithdrawn, form.CanCorrect(now)));
        await disclosures.ReadListAsync(
            admission.Authority, AuditAction.ReadObservations, forms.Select(f => (f.Observation.Student, f.Observation.School)), cancellationToken);
        var done = request.Query["done"].ToString();
        var model = new OwnFormsModel(
            lines, Notices.Contains(done) ? done : null, await submission.WhyNotOfferedAsync(null, cancellationToken));
        return await pages.RenderAsync<Pages.Observations.OwnForms, OwnFormsModel>(request, admission.Caller, model, cancellationToken);
    }

    [Function("OwnForm")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations/own/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.ReadOwnObservations, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        return ObservationId.TryParse(id, out var form) && await submission.FindAsync(form, admission.Caller.Id.Value, cancellationToken) is { } found
            ? await ShowAsync(request, admission, found, null, [], hasChanged: false, cancellationToken)
            : await desk.NotFoundAsync(request, admission.Caller, cancellationToken);
    }

    [Function("CorrectOwnForm")]
    public async Task<IResult> Correct(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "observations/own/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.ReadOwnObservations, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (!ObservationId.TryParse(id, out var form) || await submission.FindAsync(form, admission.Caller.Id.Value, cancellationToken) is not { } found)
            return await desk.NotFoundAsync(request, admission.Caller, cancellationToken);
        var fields = await request.ReadFormAsync(cancellationToken);
        var answers = FormFields.Answers(fields);
        if (FormFields.Unknown(answers).ToList() is { Count: > 0 } unknown)
            return await ShowAsync(request, admission, found, answers, unknown, hasChanged: false, cancellationToken);
        var revision = int.TryParse(fields["revision"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return await submission.CorrectAsync(form, admission.Authority, revision, answers.ToItems(), answers.Note, cancellationToken) switch
        {
            AmendmentResult.Done => ObservationDesk.See("/observations?done=Corrected"),
            AmendmentResult.Invalid invalid => await ShowAsync(request, admission, found, answers, invalid.Problems, hasChanged: false, cancellationToken),
            AmendmentResult.ChangedMeanwhile changed => await ShowAsync(request, admission, changed.Now, answers, [], hasChanged: true, cancellationToken),
            // The page says until when, or since when.
            AmendmentResult.TooLate or AmendmentResult.Withdrawn => await ShowAsync(request, admission, found, null, [], hasChanged: false, cancellationToken),
            AmendmentResult.NotFound => await desk.NotFoundAsync(request, admission.Caller, cancellationToken),
            _ => throw new InvalidOperationException("An outcome of a correction is not handled."),
        };
    }

    [Function("WithdrawOwnForm")]
    public async Task<IResult> Withdraw(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "observations/own/{id}/withdraw")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var admission = await desk.AdmitAsync(request, AccessAction.ReadOwnObservations, cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (!ObservationId.TryParse(id, out var form)) return await desk.NotFoundAsync(request, admission.Caller, cancellationToken);
        if ((await request.ReadFormAsync(cancellationToken))["sure"] != "yes") return ObservationDesk.See($"/observations/own/{form}");
        return await submission.WithdrawAsync(form, admission.Authority, cancellationToken) is AmendmentResult.Done
            ? ObservationDesk.See("/observations?done=Withdrawn")
            : await desk.NotFoundAsync(request, admission.Caller, cancellationToken);
    }

    /// <param name="typed">Answers that came with a refused correction; null shows the form's own.</param>
    private async Task<IResult> ShowAsync(
        HttpRequest request, Admission admission, StoredObservation form, TypedAnswers? typed, IReadOnlyList<ObservationProblem> problems,
        bool hasChanged, CancellationToken cancellationToken)
    {
        var observation = form.Observation;
        if (await pupils.NameAsync(observation.Student, cancellationToken) is not { } name)
            return await desk.NotFoundAsync(request, admission.Caller, cancellationToken);
        await disclosures.ReadAsync(
            admission.Authority, AuditAction.ReadObservations, observation.Student, observation.School, observation.Id.ToString(), cancellationToken);
        var model = new OwnFormModel(
            observation.Id.ToString(), form.Revision, name, observation.Date, form.SubmittedAt!.Value, form.WithdrawnAt,
            form.CanCorrect(time.GetUtcNow()) ? form.CorrectableUntil : null, typed ?? TypedAnswers.Of(observation.Items, form.Note), problems, hasChanged);
        var status = hasChanged ? StatusCodes.Status409Conflict : problems.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        return await pages.RenderAsync<Pages.Observations.OwnForm, OwnFormModel>(request, admission.Caller, model, cancellationToken, status);
    }
}
