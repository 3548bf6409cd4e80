using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Pages;
using SchoolSignal.Pages.SignIn;

namespace SchoolSignal.Functions.SignIn;

/// <summary>Signing in and out. The handlers are ASP.NET Core's own; the functions call them, because the pipeline of neither
/// host has authentication middleware (docs/adr/0011).</summary>
public sealed class SignInPages(
    PageRenderer pages, Gate gate, IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers)
{
    /// <summary>Sends the browser to whoever signs people in here: the tenant, or this machine's picker.</summary>
    [Function("SignIn")]
    public async Task<IResult> SignIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "signin")] HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Query.ContainsKey("failed"))
            return await pages.RenderAsync<SignInFailed, SignInFailedModel>(
                request, Caller.Nobody, new SignInFailedModel(), cancellationToken, StatusCodes.Status400BadRequest);
        return Results.Challenge(new AuthenticationProperties { RedirectUri = ReturnAddress.Of(request) });
    }

    /// <summary>Where the tenant sends the browser back to with a code.</summary>
    [Function("SignInCallback")]
    public async Task<IResult> Callback(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "signin-oidc")] HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var scheme in await schemes.GetRequestHandlerSchemesAsync())
            if (await handlers.GetHandlerAsync(request.HttpContext, scheme.Name) is IAuthenticationRequestHandler handler && await handler.HandleRequestAsync())
                return Results.Empty;
        return await pages.RenderNoticeAsync(request, Caller.Nobody, "SignIn.NothingHere", StatusCodes.Status404NotFound, cancellationToken);
    }

    /// <summary>Ends the session here.</summary>
    [Function("SignOut")]
    public async Task<IResult> SignOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "signout")] HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await pages.RefuseFormAsync(request, await gate.CallerAsync(request, cancellationToken), cancellationToken) is { } refused) return refused;
        await request.HttpContext.SignOutAsync();
        return Results.LocalRedirect("/signout");
    }

    /// <summary>Says that the session has ended. On a shared computer the account is signed out too, by a link: a form may not lead to
    /// another site.</summary>
    [Function("SignedOut")]
    public async Task<IResult> SignedOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "signout")] HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var elsewhere = await ElsewhereAsync();
        if (elsewhere is not null && request.Query.ContainsKey("account"))
        {
            await request.HttpContext.SignOutAsync();
            await request.HttpContext.SignOutAsync(elsewhere);
            return Results.Empty;
        }
        return await pages.RenderAsync<SignedOutPage, SignedOutModel>(
            request, Caller.Nobody, new SignedOutModel(elsewhere is not null), cancellationToken);
    }

    /// <summary>The scheme that signs people in somewhere else and can sign them out there; null where this machine's picker does.</summary>
    private async Task<string?> ElsewhereAsync()
    {
        var (here, there) = (await schemes.GetDefaultSignInSchemeAsync(), await schemes.GetDefaultChallengeSchemeAsync());
        return there is not null && there.Name != here?.Name ? there.Name : null;
    }
}
