using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.SignIn;

/// <summary>Who was let in, and why; or the answer to give instead.</summary>
/// <param name="Refusal">Null if the caller may.</param>
public sealed record Admission(Caller Caller, AccessReason Reason, IResult? Refusal)
{
    /// <summary>For the audit's entry of what is then read or written.</summary>
    public Authority Authority => Authority.Of(Caller, new AccessDecision(Reason));
}

/// <summary>Asks who is calling and what the access policy says, before a function touches pupils or feeds.</summary>
public sealed class Gate(ICallerResolver callers, PupilRelations relations, TimeProvider time)
{
    /// <summary>Who is calling, for a page that is open to everybody; it decides nothing.</summary>
    public ValueTask<Caller> CallerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return callers.ResolveAsync(TracesOf(request), cancellationToken);
    }

    /// <param name="school">The school the action is about; null for the whole district.</param>
    /// <returns>Null if the caller may; else the answer to give, in words: 401, 403, or 404 where even that there is such a
    /// school is not the caller's to know.</returns>
    public async ValueTask<IResult?> RefuseAsync(HttpRequest request, AccessAction action, SchoolId? school, CancellationToken cancellationToken) =>
        (await AskAsync(request, action, AccessSubject.Of(school), cancellationToken)).Refusal;

    /// <summary>About the district, a school, or what is the caller's own.</summary>
    public async ValueTask<Admission> AskAsync(HttpRequest request, AccessAction action, AccessSubject subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var caller = await callers.ResolveAsync(TracesOf(request), cancellationToken);
        return Admit(caller, AccessPolicy.Decide(caller, action, subject));
    }

    /// <summary>About a pupil. A pupil there is not and one that is not the caller's get one answer.</summary>
    /// <param name="school">The school it is about, such as a referral's; null is the pupil's own.</param>
    public async ValueTask<Admission> AskAsync(
        HttpRequest request, AccessAction action, StudentKey student, SchoolId? school, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var caller = await callers.ResolveAsync(TracesOf(request), cancellationToken);
        return await AskAsync(caller, action, student, school, cancellationToken);
    }

    /// <summary>About a pupil, for a caller already resolved.</summary>
    public async ValueTask<Admission> AskAsync(
        Caller caller, AccessAction action, StudentKey student, SchoolId? school, CancellationToken cancellationToken)
    {
        var own = AccessPolicy.Decide(caller, action, new AccessSubject.OfOwn());
        if (!own.IsAllowed) return Admit(caller, own);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return await relations.OfAsync(caller, student, school, today, cancellationToken) is { } subject
            ? Admit(caller, AccessPolicy.Decide(caller, action, subject))
            : new Admission(caller, AccessReason.OtherPupil, NotFound);
    }

    /// <summary>The answer for a school there is not, and for one that is not the caller's: nobody can tell them apart.</summary>
    public static IResult SchoolNotFound { get; } = Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is no such school here", detail: "Check the id: it is the one your files use.");

    /// <summary>The answer for a pupil, referral or form there is not, and for one that is not the caller's.</summary>
    public static IResult NotFound { get; } = Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is nothing here", detail: "It may have been closed, withdrawn or moved.");

    private static Admission Admit(Caller caller, AccessDecision decision) => new(caller, decision.Reason, decision.Reason switch
    {
        _ when decision.IsAllowed => null,
        AccessReason.NotSignedIn => Answer(
            AccessReason.NotSignedIn, StatusCodes.Status401Unauthorized, "Please sign in",
            "This is only for people of the district. Without sign-in it answers the machine it runs on and nobody else."),
        AccessReason.RoleMissing => Answer(
            AccessReason.RoleMissing, StatusCodes.Status403Forbidden, "This is not yours to see or do",
            "None of your roles in the district includes it. Ask your administrator if you think it should."),
        AccessReason.SchoolNotNamed => Answer(
            AccessReason.SchoolNotNamed, StatusCodes.Status403Forbidden, "Please name a school",
            "Your roles hold in some schools, not in the whole district. Name one of them with ?school=ID."),
        AccessReason.PupilNotNamed => Answer(
            AccessReason.PupilNotNamed, StatusCodes.Status403Forbidden, "This is not yours to see or do",
            "Your roles hold for the pupils of your classes, not for the whole school."),
        AccessReason.OtherSchool => SchoolNotFound,
        AccessReason.OtherPupil => NotFound,
        _ => throw new InvalidOperationException("An access reason is not handled."),
    });

    private static IResult Answer(AccessReason reason, int status, string title, string detail) => Results.Problem(
        statusCode: status, title: title, detail: detail, extensions: new Dictionary<string, object?> { ["reason"] = reason.ToString() });

    private static CallerTraces TracesOf(HttpRequest request) => new(
        request.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address),
        request.Host.Host,
        request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site",
        request.Headers[HeaderNames.Authorization].ToString(),
        ForPage: !request.Path.StartsWithSegments("/api"));
}
