using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Notifications;

namespace SchoolSignal.Functions.Notifications;

/// <summary>Where a notice in the activity feed of Teams leads: a page that Teams may frame, with a link that opens the matter in the browser. It
/// shows nothing of anybody and asks nobody who is calling.</summary>
public sealed partial class TeamsTab(PageRenderer pages)
{
    [Function("TeamsTab")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "teams")] HttpRequest request, CancellationToken cancellationToken)
    {
        var at = request.Query["at"].ToString();
        var headers = request.HttpContext.Response.Headers;
        request.HttpContext.Response.OnStarting(() =>
        {
            SecureHeaders.LetTeamsFrame(headers);
            return Task.CompletedTask;
        });
        return await pages.RenderAsync<TeamsTabPage, TeamsTabModel>(
            request, Caller.Nobody, new TeamsTabModel(OwnPage().IsMatch(at) ? $"/{at}" : "/"), cancellationToken);
    }

    /// <summary>What our notices link to; anything else leads to the start.</summary>
    [GeneratedRegex("^(worklist|reports|(cases|concerns)/[0-9a-f]{32})$")]
    private static partial Regex OwnPage();
}
