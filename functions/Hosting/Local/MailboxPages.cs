using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Notifications;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>The page that shows what would have gone out from this machine. It answers this machine and nobody else.</summary>
internal sealed class MailboxPages(FolderMailbox mailbox)
{
    public const string Path = "/local/mailbox";

    /// <summary>The newest so many, inclusive.</summary>
    private const int MostListed = 20;

    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, async context =>
    {
        var traces = new CallerTraces(Gate.IsFromHere(context), context.Request.Host.Host, false);
        await (LocalCallerResolver.IsThisMachine(traces) ? await ShowAsync(context) : Faults.NotFound).ExecuteAsync(context);
    });

    private Task<IResult> ShowAsync(HttpContext context)
    {
        var sought = context.Request.Query["q"].ToString().Trim();
        var found = mailbox.Sent().Where(item => sought.Length == 0 || Holds(item.Subject, sought) || Holds(item.Recipient, sought)).Take(MostListed);
        var mails = found.Select(item => new MailboxMail(item.Recipient, item.Subject, item.Text, item.Link.AbsolutePath, item.IsUrgent, item.At));
        return context.RequestServices.GetRequiredService<PageRenderer>().RenderAsync<MailboxPage, MailboxModel>(
            context.Request, Caller.Nobody, new MailboxModel([.. mails], sought), context.RequestAborted);
    }

    private static bool Holds(string text, string sought) => text.Contains(sought, StringComparison.OrdinalIgnoreCase);
}
