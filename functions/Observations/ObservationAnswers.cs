using Microsoft.AspNetCore.Http;
using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Functions.Observations;

/// <summary>What <c>POST api/observations</c> answers: what was kept, or what to mend. Never what a form led to.</summary>
internal static class ObservationAnswers
{
    private const string NotAReport = "This is not a report. Speak to one of these people now; if somebody is in danger, call the emergency services first.";

    public static IResult TooLarge { get; } = Results.Problem(
        statusCode: StatusCodes.Status413PayloadTooLarge, title: "The form is too large", detail: $"A form has at most {ObservationBody.MaxBytes} bytes.");

    public static IResult NoKey { get; } = Results.Problem(
        statusCode: StatusCodes.Status400BadRequest, title: "No Idempotency-Key",
        detail: $"Send a header Idempotency-Key of 1 to {ObservationSubmission.MaxKey} characters, a new one for each form and the same one when you repeat it.");

    public static IResult KeyUsedBefore { get; } = Results.Problem(
        statusCode: StatusCodes.Status409Conflict, title: "This Idempotency-Key was used before",
        detail: "It stands for a form with other content, which stays as it was. Send a new form under a new key.",
        extensions: new Dictionary<string, object?> { ["reason"] = "KeyUsedBefore" });

    /// <summary>A repeat gets the very same answer.</summary>
    public static IResult Taken(SubmissionResult.Taken taken) =>
        Results.Json(new { id = taken.Id.ToString(), receivedAt = taken.At }, statusCode: StatusCodes.Status201Created);

    public static IResult Concern(SafeguardingConcern concern, SafeguardingContacts contacts) => Results.Json(
        new
        {
            concern = concern.Id.ToString("N"),
            receivedAt = concern.ReceivedAt,
            detail = NotAReport,
            speakTo = contacts.SpeakTo,
            emergencyNumber = contacts.School.EmergencyNumber,
        },
        statusCode: StatusCodes.Status202Accepted);

    /// <summary>Nothing was kept, and somebody may be in danger: the answer says so before all else.</summary>
    public static IResult ConcernNotTaken(SafeguardingContacts contacts) => Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "The concern could not be kept",
        detail: "No such pupil in the submitter's schools, or no such submitter. " + NotAReport,
        extensions: new Dictionary<string, object?> { ["speakTo"] = contacts.SpeakTo, ["emergencyNumber"] = contacts.School.EmergencyNumber });

    public static IResult NotOffered(NotOfferedReason reason) => Results.Problem(
        statusCode: StatusCodes.Status409Conflict, title: "No form is taken",
        detail: reason switch
        {
            NotOfferedReason.NoSafeguardingContact => "The district has not named its safeguarding contact. An administrator sets it; then send the form again. Concerns are taken all the same.",
            NotOfferedReason.NoLegalBasis => "The district has not set the legal basis for forms. An administrator sets it; then send the form again.",
            NotOfferedReason.OptedOut => "No form is kept about this pupil. Do not send it again.",
            _ => throw new InvalidOperationException("A reason is not handled."),
        },
        extensions: new Dictionary<string, object?> { ["reason"] = reason.ToString() });

    public static IResult Refused(ObservationBody.Refused refused, SafeguardingContacts contacts)
    {
        if (refused.MayBeSafeguarding) return ConcernNotTaken(contacts);
        return refused.Problems is [{ Field: "" }]
            ? Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: "This is not a form", detail: "Send one JSON object in UTF-8, as GET /api/openapi.json describes it.")
            : Invalid(refused.Problems);
    }

    public static IResult Invalid(IReadOnlyList<ObservationProblem> problems) => Results.Problem(
        statusCode: StatusCodes.Status422UnprocessableEntity, title: "The form cannot be taken as it is",
        detail: "Nothing was kept. Mend each field named and send the form again under the same key.",
        extensions: new Dictionary<string, object?>
        {
            ["problems"] = problems.Select(problem => new { field = problem.Field, fault = problem.Fault.ToString(), what = WhatToDo(problem) }),
        });

    private static string WhatToDo(ObservationProblem problem) => problem.Fault switch
    {
        ObservationFault.SafeguardingUnanswered => "Answer the safeguarding question: true or false.",
        ObservationFault.ItemCount => "Send items as an object with the numbers 1 to 13.",
        ObservationFault.ItemAnswer => "Send a whole number from 0 (never) to 4 (almost always), or null for not enough chance to see.",
        ObservationFault.NothingSeen => "Answer at least one item; a form of nothing seen is not needed.",
        ObservationFault.NoteTooLong => $"Shorten the note to {ObservationNote.MaxLength} characters.",
        ObservationFault.DateInFuture => "Send today's date in the district, or one before it.",
        ObservationFault.DateTooOld => $"Send a date of the last {ObservationCheck.MaxAgeDays} days; older forms come in by import.",
        ObservationFault.NotOnRoll => "The pupil is on no roll of the district on that day. Send another date, or have the roster corrected.",
        ObservationFault.UnknownField => problem.Field == "submitter" ? "Leave it out: only a system hands in for somebody else." : "Leave it out: it is no field of a form.",
        ObservationFault.NotReadable when problem.Field == "submitter" => "Name somebody of the district's staff: user principal name or object id.",
        ObservationFault.NotReadable => "Send it once, and as the description says.",
        ObservationFault.Missing => "Add it.",
        _ => throw new InvalidOperationException("A fault is not handled."),
    };
}
