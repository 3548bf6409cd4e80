using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.SignIn;

namespace SchoolSignal.Functions.Observations;

/// <summary>Takes a form as JSON, from a teacher's own token or from a system that hands it in for a teacher.</summary>
public sealed class SubmitObservation(
    Gate gate, StaffCallers staff, StudentDirectory directory, ObservationSubmission submission, SafeguardingContactStore contacts)
{
    private const string KeyHeader = "Idempotency-Key";

    [Function("SubmitObservation")]
    [Operation("Hand in an observation form", Description =
        "For a Microsoft Form or a Power Automate flow. items holds the answers 0 (never) to 4 (almost always) by item number, 1 to 13; one left out "
        + "or null is 'not enough chance to see'. safeguarding must be answered; true keeps a safeguarding concern, alerts people and scores nothing. "
        + "Send an Idempotency-Key header of 1 to 200 characters with every form: the same key with the same content gives the same answer. "
        + "A system (Observations.Submit) names the member of staff it hands in for as submitter: user principal name or object id.")]
    [RequestBody("application/json", "studentUniqueId, safeguarding, items; optional: note (at most 4000 characters), date (yyyy-MM-dd, the last 60 days), submitter. Any other field refuses the form.")]
    [Answer(201, "Kept: id and receivedAt.")]
    [Answer(202, "A safeguarding concern, kept and on its way to people: concern, receivedAt, and whom to speak to now.")]
    [Answer(400, "Not JSON, or no Idempotency-Key.")]
    [Answer(401, "Nobody is signed in.")]
    [Answer(403, "The caller's roles do not include it.")]
    [Answer(404, "No such pupil in the submitter's classes.")]
    [Answer(409, "The key was used for other content, or no form is taken now: reason says why.")]
    [Answer(413, "More than 64 KiB.")]
    [Answer(422, "Fields that cannot be taken: each is named in problems, with what to do.")]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/observations")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.SubmitObservation, new AccessSubject.OfOwn(), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await ReadAsync(request, cancellationToken) is not { } utf8) return ObservationAnswers.TooLarge;
        return ObservationBody.Read(utf8) switch
        {
            ObservationBody.Form body => await TakeAsync(request, admission.Caller, body, cancellationToken),
            ObservationBody.Refused refusedBody => ObservationAnswers.Refused(refusedBody, await contacts.ReadAsync(null, cancellationToken)),
            _ => throw new InvalidOperationException("A reading of a form is not handled."),
        };
    }

    private async Task<IResult> TakeAsync(HttpRequest request, Caller caller, ObservationBody.Form body, CancellationToken cancellationToken)
    {
        if (body.Submitter is { } named)
        {
            if (!caller.Has(Role.ObservationsSubmit))
                return ObservationAnswers.Invalid([new ObservationProblem("submitter", ObservationFault.UnknownField)]);
            if (await staff.OnBehalfAsync(caller, named, cancellationToken) is not { } person) return await NobodyAsync(body, cancellationToken);
            caller = person;
        }
        else if (!caller.Has(Role.Teacher))
        {
            return await NobodyAsync(body, cancellationToken);
        }
        return await SubmitAsync(request, caller, body, cancellationToken);
    }

    private async Task<IResult> SubmitAsync(HttpRequest request, Caller caller, ObservationBody.Form body, CancellationToken cancellationToken)
    {
        var isConcern = body.Safeguarding == true;
        // A disclosure is heard in the corridor too: a concern may be about any pupil of the school.
        var action = isConcern ? AccessAction.RaiseConcern : AccessAction.SubmitObservation;
        var student = await directory.FindAsync(body.Student, cancellationToken);
        var about = student is { } known ? await gate.AskAsync(request, caller, action, known, null, cancellationToken) : null;
        if (about is not { Refusal: null })
            return isConcern ? ObservationAnswers.ConcernNotTaken(await contacts.ReadAsync(null, cancellationToken)) : about?.Refusal ?? Gate.NotFound;

        var key = request.Headers[KeyHeader].ToString();
        if (!isConcern && key.Length is 0 or > ObservationSubmission.MaxKey) return ObservationAnswers.NoKey;
        if (key.Length is 0 or > ObservationSubmission.MaxKey) key = null;
        return await submission.SubmitAsync(body.ToDraft(student!.Value), about.Authority, key, cancellationToken) switch
        {
            SubmissionResult.Taken taken => ObservationAnswers.Taken(taken),
            SubmissionResult.Concern concern => ObservationAnswers.Concern(concern.Kept, await contacts.ReadAsync(concern.Kept.School, cancellationToken)),
            SubmissionResult.Invalid invalid => ObservationAnswers.Invalid(invalid.Problems),
            SubmissionResult.NotOffered notOffered => ObservationAnswers.NotOffered(notOffered.Reason),
            SubmissionResult.KeyUsedBefore => ObservationAnswers.KeyUsedBefore,
            _ => throw new InvalidOperationException("An outcome of a submission is not handled."),
        };
    }

    private async Task<IResult> NobodyAsync(ObservationBody.Form body, CancellationToken cancellationToken) => body.Safeguarding == true
        ? ObservationAnswers.ConcernNotTaken(await contacts.ReadAsync(null, cancellationToken))
        : ObservationAnswers.Invalid([new ObservationProblem("submitter", body.Submitter is null ? ObservationFault.Missing : ObservationFault.NotReadable)]);

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > ObservationBody.MaxBytes) return null;
        var buffer = new byte[ObservationBody.MaxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > ObservationBody.MaxBytes ? null : buffer.AsMemory(0, length);
    }
}
