using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>The page at "/": where somebody's work is, or what this is about.</summary>
public sealed class StartPage(PageRenderer pages, Gate gate, LocalMailbox? mailbox = null)
{
    // The worker turns an empty route into the function's name and rejects "/"; an optional empty value is neither.
    [Function("StartPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{root:maxlength(0)?}")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = await gate.CallerAsync(request, cancellationToken);
        return await pages.RenderAsync<Start, StartModel>(request, caller, new StartModel([.. Navigation.For(caller)], mailbox?.Path), cancellationToken);
    }
}
