using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.SignIn;

/// <summary>Asks who is calling and what the access policy says, before a function touches pupils or feeds.</summary>
public sealed class Gate(ICallerResolver callers)
{
    /// <param name="school">The school the action is about; null for the whole district.</param>
    /// <returns>Null if the caller may; else the answer to give, in words: 401, 403, or 404 where even that there is such a
    /// school is not the caller's to know.</returns>
    public async ValueTask<IResult?> RefuseAsync(HttpRequest request, AccessAction action, SchoolId? school, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var caller = await callers.ResolveAsync(TracesOf(request), cancellationToken);
        return AccessPolicy.Decide(caller, action, school).Reason switch
        {
            AccessReason.RolePermits => null,
            AccessReason.NotSignedIn => Answer(
                AccessReason.NotSignedIn, StatusCodes.Status401Unauthorized, "Please sign in",
                "This is only for people of the district. Without sign-in it answers the machine it runs on and nobody else."),
            AccessReason.RoleMissing => Answer(
                AccessReason.RoleMissing, StatusCodes.Status403Forbidden, "This is not yours to see or do",
                "None of your roles in the district includes it. Ask your administrator if you think it should."),
            AccessReason.SchoolNotNamed => Answer(
                AccessReason.SchoolNotNamed, StatusCodes.Status403Forbidden, "Please name a school",
                "Your roles hold in some schools, not in the whole district. Name one of them with ?school=ID."),
            AccessReason.OtherSchool => SchoolNotFound,
            _ => throw new InvalidOperationException("An access reason is not handled."),
        };
    }

    /// <summary>The answer for a school there is not, and for one that is not the caller's: nobody can tell them apart.</summary>
    public static IResult SchoolNotFound { get; } = Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is no such school here", detail: "Check the id: it is the one your files use.");

    private static IResult Answer(AccessReason reason, int status, string title, string detail) => Results.Problem(
        statusCode: status, title: title, detail: detail, extensions: new Dictionary<string, object?> { ["reason"] = reason.ToString() });

    private static CallerTraces TracesOf(HttpRequest request) => new(
        request.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address),
        request.Host.Host,
        request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site",
        request.Headers[HeaderNames.Authorization].ToString());
}
