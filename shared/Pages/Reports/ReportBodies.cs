using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Releases;

namespace SchoolSignal.Pages.Reports;

/// <summary>Renders what a report shows. A released report never changes, so it is kept in each language it was read in: a large district's
/// has some thousand numbers and four hundred charts.</summary>
public sealed class ReportBodies(HtmlRenderer renderer, PageCultures cultures, DistrictSettingsStore settings, KeptReportBodies kept)
{
    /// <summary>Null where there is nothing to be seen.</summary>
    public async Task<MarkupString?> OfAsync(HttpRequest request, ReportView view, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Numbers is null) return null;
        var culture = cultures.Of(request, (await settings.ReadProfileAsync(cancellationToken)).Language);
        if (view.Report.State != ReportState.Released) return new MarkupString(await RenderAsync(view, culture));
        var key = (view.Report.Key, culture.Name);
        if (kept.Find(key) is { } known) return new MarkupString(known);
        return new MarkupString(kept.Keep(key, await RenderAsync(view, culture)));
    }

    private async Task<string> RenderAsync(ReportView view, CultureInfo culture) => await renderer.Dispatcher.InvokeAsync(async () =>
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(ReportBody.View)] = view });
        return (await renderer.RenderComponentAsync<ReportBody>(parameters)).ToHtmlString();
    });
}

/// <summary>What was rendered of released reports, for as long as the process lives.</summary>
public sealed class KeptReportBodies
{
    /// <summary>Some megabytes each at most.</summary>
    private const int Most = 24;

    private readonly ConcurrentDictionary<(string Report, string Language), string> bodies = new();

    public string? Find((string Report, string Language) key) => bodies.GetValueOrDefault(key);

    public string Keep((string Report, string Language) key, string body)
    {
        if (bodies.Count >= Most) bodies.Clear();
        return bodies[key] = body;
    }
}
