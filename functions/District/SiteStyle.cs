using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.District;

/// <summary>The one style sheet of the pages.</summary>
public sealed class SiteStyle(SiteAssets assets)
{
    [Function("SiteStyle")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "assets/site.css")] HttpRequest request) =>
        assets.Style;
}
