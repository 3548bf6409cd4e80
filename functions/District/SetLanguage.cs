using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.District;

/// <summary>The language switch in the footer: remembers the choice and goes back to the page.</summary>
public sealed class SetLanguage(PageCultures cultures)
{
    [Function("SetLanguage")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "language/{name}")] HttpRequest request, string name)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cultures.Find(name) is { } culture) PageCultures.Choose(request.HttpContext.Response, culture);
        var back = request.Query["back"].ToString();
        // Never to another site.
        return Results.LocalRedirect(RedirectHttpResult.IsLocalUrl(back) && back[0] == '/' ? back : "/");
    }
}
