using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>The page at "/": what runs here, and where to go from here.</summary>
public sealed class StartPage(PageRenderer pages, DistrictId district)
{
    // The worker turns an empty route into the function's name and rejects "/"; an optional empty value is neither.
    [Function("StartPage")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{root:maxlength(0)?}")] HttpRequest request) =>
        pages.RenderAsync<Start>(new Dictionary<string, object?> { [nameof(Start.District)] = district.Value });
}
