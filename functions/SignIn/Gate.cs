using System.Net;
using Microsoft.AspNetCore.Authentication;
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
    public Authority Authority
    {
        get
        {
            var authority = Authority.Of(Caller, new AccessDecision(Reason));
            return authority with { Through = authority.Through ?? Way };
        }
    }

    /// <summary>One of <see cref="AuditWays"/>.</summary>
    public string? Way { get; init; }
}

/// <summary>Asks who is calling and what the access policy says, before a function touches pupils or feeds.</summary>
public sealed class Gate(ICallerResolver callers, PupilRelations relations, DistrictToday calendar)
{
    /// <summary>Who is calling, for a page that is open to everybody; it decides nothing.</summary>
    public ValueTask<Caller> CallerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return CallerOfAsync(request, cancellationToken);
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
        var caller = await CallerOfAsync(request, cancellationToken);
        return Admit(request, caller, AccessPolicy.Decide(caller, action, subject));
    }

    /// <summary>About a pupil. A pupil there is not and one that is not the caller's get one answer.</summary>
    /// <param name="school">The school it is about, such as a referral's; null is the pupil's own.</param>
    public async ValueTask<Admission> AskAsync(
        HttpRequest request, AccessAction action, StudentKey student, SchoolId? school, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await AskAsync(request, await CallerOfAsync(request, cancellationToken), action, student, school, cancellationToken);
    }

    /// <summary>About a pupil, for a caller already resolved, such as the person a system hands something in for.</summary>
    public async ValueTask<Admission> AskAsync(
        HttpRequest request, Caller caller, AccessAction action, StudentKey student, SchoolId? school, CancellationToken cancellationToken)
    {
        var own = AccessPolicy.Decide(caller, action, new AccessSubject.OfOwn());
        if (!own.IsAllowed) return Admit(request, caller, own);
        var today = await calendar.DateAsync(cancellationToken);
        return await relations.OfAsync(caller, student, school, today, cancellationToken) is { } subject
            ? Admit(request, caller, AccessPolicy.Decide(caller, action, subject))
            : Admit(request, caller, new AccessDecision(AccessReason.OtherPupil));
    }

    /// <summary>The answer for a school there is not, and for one that is not the caller's: nobody can tell them apart.</summary>
    public static IResult SchoolNotFound { get; } = Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is no such school here", detail: "Check the id: it is the one your files use.");

    /// <summary>The answer for a pupil, referral or form there is not, and for one that is not the caller's.</summary>
    public static IResult NotFound { get; } = Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is nothing here", detail: "It may have been closed, withdrawn or moved.");

    private async ValueTask<Caller> CallerOfAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var traces = TracesOf(request);
        // The API takes no cookie with what changes something: a form of another site would bring it along.
        if (traces.ForPage || HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            traces = traces with { Session = SessionClaims.ProofOf((await request.HttpContext.AuthenticateAsync()).Principal) };
        return await callers.ResolveAsync(traces, cancellationToken);
    }

    private static Admission Admit(HttpRequest request, Caller caller, AccessDecision decision) =>
        new(caller, decision.Reason, decision.IsAllowed ? null : Refusals.Of(request, caller, decision.Reason)) { Way = IsApi(request) ? AuditWays.Api : AuditWays.Page };

    private static CallerTraces TracesOf(HttpRequest request) => new(
        IsFromHere(request.HttpContext),
        request.Host.Host,
        request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site",
        request.Headers[HeaderNames.Authorization].ToString(),
        ForPage: !IsApi(request));

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api");

    /// <summary>A proxy on this machine speaks for somebody elsewhere.</summary>
    internal static bool IsFromHere(HttpContext context) =>
        context.Connection is { RemoteIpAddress: { } from, LocalIpAddress: { } to } && IPAddress.IsLoopback(from) && IPAddress.IsLoopback(to)
        && !context.Request.Headers.ContainsKey("Forwarded") && !context.Request.Headers.Keys.Any(name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase));
}
