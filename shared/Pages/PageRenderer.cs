using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages;

/// <summary>Renders a page on the server, for a caller, in the caller's language.</summary>
public sealed class PageRenderer(
    HtmlRenderer renderer, PageCultures cultures, Antiforgery antiforgery, DistrictSettingsStore settings, DistrictId district)
{
    /// <summary>The page with its headers. Whether the caller may see it was asked before.</summary>
    /// <param name="status">Another status than 200 for a form that comes back with its errors, or a page that says no.</param>
    public async Task<IResult> RenderAsync<TPage, TModel>(
        HttpRequest request, Caller caller, TModel model, CancellationToken cancellationToken, int status = StatusCodes.Status200OK)
        where TPage : Page<TModel>
        where TModel : notnull
    {
        ArgumentNullException.ThrowIfNull(request);
        var profile = await settings.ReadProfileAsync(cancellationToken);
        var frame = new PageFrame(
            profile.Name ?? (district == DistrictId.Unnamed ? "" : district.Value),
            cultures.Of(request, profile.Language),
            cultures.All,
            profile.Zone,
            caller,
            request.Path + request.QueryString,
            () => antiforgery.FieldFor(request, caller));
        return new RenderedPage(await RenderAsync<TPage>(frame, model), status);
    }

    /// <summary>A page of a title and a few words, for what cannot be shown or done.</summary>
    /// <param name="key">The words are <c>KEY.Title</c> and <c>KEY.Text</c>.</param>
    /// <param name="detail">Fills <c>{0}</c> of the text.</param>
    public Task<IResult> RenderNoticeAsync(
        HttpRequest request, Caller caller, string key, int status, CancellationToken cancellationToken, string? detail = null) =>
        RenderAsync<NoticePage, NoticeModel>(request, caller, new NoticeModel(key, detail), cancellationToken, status);

    /// <summary>Asks whether a posted form is one of ours, made for this caller. Every function that takes a form asks it before
    /// it does anything.</summary>
    /// <returns>Null if it is, and <c>ReadFormAsync</c> gives its fields; else the answer to give.</returns>
    public async Task<IResult?> RefuseFormAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken) =>
        await antiforgery.IsOursAsync(request, caller)
            ? null
            : await RenderNoticeAsync(request, caller, "Common.FormTooOld", StatusCodes.Status400BadRequest, cancellationToken);

    private async Task<string> RenderAsync<TPage>(PageFrame frame, object model) => await renderer.Dispatcher.InvokeAsync(async () =>
    {
        // For this rendering only: a culture set within flows no further out.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = frame.Culture;
        var parameters = new Dictionary<string, object?>
        {
            [nameof(Root.Frame)] = frame,
            [nameof(Root.Page)] = typeof(TPage),
            [nameof(Root.Parameters)] = new Dictionary<string, object> { [nameof(Page<>.Model)] = model },
        };
        return (await renderer.RenderComponentAsync<Root>(ParameterView.FromDictionary(parameters))).ToHtmlString();
    });

    private sealed record RenderedPage(string Html, int Status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            SecureHeaders.Set(httpContext.Response.Headers);
            return CompressedText.WriteAsync(httpContext, Html, "text/html; charset=utf-8", Status);
        }
    }
}
