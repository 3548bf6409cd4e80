using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.District;

/// <summary>The mark of the pages, which a browser shows in its tab.</summary>
public sealed class SiteMark(SiteAssets assets)
{
    [Function("SiteMark")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "assets/mark.svg")] HttpRequest request) =>
        assets.Mark;
}
