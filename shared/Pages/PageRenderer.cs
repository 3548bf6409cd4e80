using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;

namespace SchoolSignal.Pages;

/// <summary>Renders a page on the server; the pages need no script.</summary>
public sealed class PageRenderer(HtmlRenderer renderer)
{
    /// <summary>The page with its headers.</summary>
    /// <param name="parameters">The component's parameters by name.</param>
    public async Task<IResult> RenderAsync<TPage>(IDictionary<string, object?> parameters)
        where TPage : IComponent
    {
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        return new Page(html);
    }

    private sealed record Page(string Html) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            SecureHeaders.Set(httpContext.Response.Headers);
            return Results.Content(Html, "text/html; charset=utf-8").ExecuteAsync(httpContext);
        }
    }
}
