using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.District;

/// <summary>The one script of the pages; they work without it.</summary>
public sealed class SiteScript(SiteAssets assets)
{
    [Function("SiteScript")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "assets/site.js")] HttpRequest request) =>
        assets.Script;
}
