using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>The administrator's first page: what needs doing.</summary>
public sealed class OverviewPages(DistrictOverviews overviews, Gate gate, PageRenderer pages)
{
    [Function("DistrictOverviewPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var overview = await overviews.ReadAsync(cancellationToken);
        return await pages.RenderAsync<OverviewPage, DistrictOverview>(request, admission.Caller, overview, cancellationToken);
    }
}
