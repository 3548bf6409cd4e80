using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.SignIn;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>The page that stands in for a tenant on one machine: pick whom of the staff to be. It answers this machine and nobody
/// else.</summary>
internal sealed class SignInPicker(StaffStore staff)
{
    public const string Path = "/local/signin";

    /// <summary>Inclusive; a longer list is searched.</summary>
    private const int MostListed = 100;

    /// <summary>Of a long list nobody has searched yet, so many of each role: somebody of every kind is in sight.</summary>
    private const int MostOfARole = 6;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, context => AnswerAsync(context, ShowAsync));
        endpoints.MapPost(Path, context => AnswerAsync(context, PickAsync));
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer)
    {
        SecureHeaders.Set(context.Response.Headers);
        var traces = new CallerTraces(Gate.IsFromHere(context), context.Request.Host.Host, false);
        await (LocalCallerResolver.IsThisMachine(traces) ? await answer(context) : Faults.NotFound).ExecuteAsync(context);
    }

    private async Task<IResult> ShowAsync(HttpContext context)
    {
        var search = context.Request.Query["q"].ToString().Trim();
        var all = (await staff.ListAsync(context.RequestAborted)).Where(member => member.IsActive).ToList();
        var found = all.Where(member => Matches(member, search)).OrderBy(member => member.Roles.DefaultIfEmpty().Min())
            .ThenBy(member => member.DisplayName, StringComparer.CurrentCulture).ThenBy(member => member.Id).ToList();
        var shown = search.Length == 0 && found.Count > MostOfARole * Roles.OfPeople.Count
            ? found.GroupBy(member => member.Roles.DefaultIfEmpty().Min()).SelectMany(role => role.Take(MostOfARole)).ToList()
            : found.Take(MostListed).ToList();
        var model = new PickerModel(
            [.. shown.Select(member => new PickerPerson(member.Id, member.DisplayName, [.. member.Roles.Order()], [.. member.Schools.Order()]))],
            shown.Count == found.Count, all.Count == 0, search, ReturnAddress.Of(context.Request), MailboxPages.Path);
        return await Pages(context).RenderAsync<PickerPage, PickerModel>(context.Request, Caller.Nobody, model, context.RequestAborted);
    }

    private async Task<IResult> PickAsync(HttpContext context)
    {
        var request = context.Request;
        if (await Pages(context).RefuseFormAsync(request, Caller.Nobody, context.RequestAborted) is { } refused) return refused;
        var form = await request.ReadFormAsync(context.RequestAborted);
        if (!StaffId.TryParse(form["staff"].ToString(), out var id) || !await MayBeAsync(id, context.RequestAborted))
            return Results.LocalRedirect(Path);
        await context.SignInAsync(SessionClaims.PrincipalOf(new SignInProof.Picked(id)));
        return Results.LocalRedirect(ReturnAddress.Checked(form[ReturnAddress.Parameter]));
    }

    /// <summary>Somebody of the staff, or, while there is none, whoever sits here.</summary>
    private async Task<bool> MayBeAsync(StaffId id, CancellationToken cancellationToken) => id == LocalCallerResolver.AtThisMachine.Id
        ? (await staff.ListAsync(cancellationToken)).Count == 0
        : await staff.FindAsync(id, cancellationToken) is { Member.IsActive: true };

    private static bool Matches(StaffMember member, string search) => search.Length == 0
        || member.DisplayName.Contains(search, StringComparison.CurrentCultureIgnoreCase)
        || member.Roles.Any(role => Roles.NameOf(role).Contains(search, StringComparison.OrdinalIgnoreCase))
        || member.Schools.Any(school => school.Value.Contains(search, StringComparison.OrdinalIgnoreCase));

    private static PageRenderer Pages(HttpContext context) => context.RequestServices.GetRequiredService<PageRenderer>();
}
