using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SchoolSignal.Pages;

/// <summary>The languages the pages speak, and which of them a request gets.</summary>
public sealed class PageCultures
{
    /// <summary>Holds the language that somebody chose, as "ja".</summary>
    public const string CookieName = "language";

    /// <summary>What everybody gets who asks for nothing we have, and where a word is not translated.</summary>
    public static CultureInfo English => CultureInfo.GetCultureInfo("en");

    /// <summary>English first, then the others by name.</summary>
    public IReadOnlyList<CultureInfo> All { get; } = [English, .. Translations()];

    /// <summary>The language chosen with the footer's switch, else the first of the browser's languages that there is, else the
    /// district's, else English.</summary>
    public CultureInfo Of(HttpRequest request, string? districtLanguage)
    {
        ArgumentNullException.ThrowIfNull(request);
        var asked = request.GetTypedHeaders().AcceptLanguage.Where(language => language.Quality is not 0).OrderByDescending(language => language.Quality ?? 1);
        return Find(request.Cookies[CookieName])
            ?? asked.Select(language => Find(language.Value.Value)).FirstOrDefault(found => found is not null)
            ?? Find(districtLanguage)
            ?? English;
    }

    /// <summary>The language of a name such as "ja" or "ja-JP"; null if there is none.</summary>
    public CultureInfo? Find(string? name) =>
        name is null ? null : All.FirstOrDefault(culture =>
            name.StartsWith(culture.Name, StringComparison.OrdinalIgnoreCase) && (name.Length == culture.Name.Length || name[culture.Name.Length] == '-'));

    /// <summary>Keeps a choice for a year.</summary>
    public static void Choose(HttpResponse response, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(culture);
        response.Cookies.Append(CookieName, culture.Name, new CookieOptions
        {
            HttpOnly = true,
            Secure = response.HttpContext.Request.IsHttps,
            SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax,
            MaxAge = TimeSpan.FromDays(365),
            Path = "/",
        });
    }

    // The build makes a folder with a satellite assembly out of each Words.LANGUAGE.resx.
    private static IEnumerable<CultureInfo> Translations()
    {
        var satellite = $"{typeof(PageCultures).Assembly.GetName().Name}.resources.dll";
        return Directory.EnumerateFiles(AppContext.BaseDirectory, satellite, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(file => CultureInfo.GetCultureInfo(Path.GetFileName(Path.GetDirectoryName(file)!)))
            .OrderBy(culture => culture.Name, StringComparer.Ordinal);
    }
}
