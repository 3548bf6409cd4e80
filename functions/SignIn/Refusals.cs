using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using SchoolSignal.Domain.District;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.SignIn;

/// <summary>How the gate says no: a problem document to a system, a page or the sign-in to a person.</summary>
internal static class Refusals
{
    public static IResult Of(HttpRequest request, Caller caller, AccessReason reason)
    {
        var forPerson = IsForPerson(request);
        if (reason == AccessReason.NotSignedIn)
        {
            if (forPerson) return HttpMethods.IsGet(request.Method)
                ? Results.LocalRedirect(ReturnAddress.SignInFor(request))
                : new Notice(request, caller, "SignIn.Ended", StatusCodes.Status401Unauthorized);
            request.HttpContext.Response.Headers.WWWAuthenticate = request.Headers.ContainsKey(HeaderNames.Authorization)
                ? "Bearer error=\"invalid_token\"" : "Bearer";
        }
        return forPerson ? PageFor(request, caller, reason) : ProblemFor(reason);
    }

    /// <summary>Whether a browser asks, for somebody to read the answer: it takes a page, and none of the other kinds rather.</summary>
    public static bool IsForPerson(HttpRequest request)
    {
        if (request.Path.StartsWithSegments("/api")) return false;
        var accepted = request.GetTypedHeaders().Accept;
        var page = accepted.FirstOrDefault(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
        return page is not null && !accepted.Any(type => type.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase) && (type.Quality ?? 1) > (page.Quality ?? 1));
    }

    private static Notice PageFor(HttpRequest request, Caller caller, AccessReason reason) => reason switch
    {
        AccessReason.RoleMissing or AccessReason.PupilNotNamed => new Notice(request, caller, "SignIn.NotYours", StatusCodes.Status403Forbidden),
        AccessReason.SchoolNotNamed => new Notice(request, caller, "SignIn.NameASchool", StatusCodes.Status403Forbidden),
        AccessReason.OtherSchool or AccessReason.OtherPupil => new Notice(request, caller, "SignIn.NothingHere", StatusCodes.Status404NotFound),
        _ => throw new InvalidOperationException("An access reason is not handled."),
    };

    private static IResult ProblemFor(AccessReason reason) => reason switch
    {
        AccessReason.NotSignedIn => Problem(
            reason, StatusCodes.Status401Unauthorized, "Please sign in",
            "This is only for people and systems of the district, with a session or an access token that still holds."),
        AccessReason.RoleMissing => Problem(
            reason, StatusCodes.Status403Forbidden, "This is not yours to see or do",
            "None of your roles in the district includes it. Ask your administrator if you think it should."),
        AccessReason.SchoolNotNamed => Problem(
            reason, StatusCodes.Status403Forbidden, "Please name a school",
            "Your roles hold in some schools, not in the whole district. Name one of them with ?school=ID."),
        AccessReason.PupilNotNamed => Problem(
            reason, StatusCodes.Status403Forbidden, "This is not yours to see or do",
            "Your roles hold for the pupils of your classes, not for the whole school."),
        AccessReason.OtherSchool => Gate.SchoolNotFound,
        AccessReason.OtherPupil => Gate.NotFound,
        _ => throw new InvalidOperationException("An access reason is not handled."),
    };

    private static IResult Problem(AccessReason reason, int status, string title, string detail) => Results.Problem(
        statusCode: status, title: title, detail: detail, extensions: new Dictionary<string, object?> { ["reason"] = reason.ToString() });

    /// <summary>A page of a few words; rendered when it is sent.</summary>
    private sealed record Notice(HttpRequest Request, Caller Caller, string Key, int Status) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var pages = httpContext.RequestServices.GetRequiredService<PageRenderer>();
            await (await pages.RenderNoticeAsync(Request, Caller, Key, Status, httpContext.RequestAborted)).ExecuteAsync(httpContext);
        }
    }
}
