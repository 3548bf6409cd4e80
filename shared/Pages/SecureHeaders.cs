using Microsoft.AspNetCore.Http;

namespace SchoolSignal.Pages;

/// <summary>What every answer says to a browser: nothing from elsewhere, no frames, no guessing of types, no copy kept.
/// </summary>
public static class SecureHeaders
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Where Teams runs, on the desktop and on the web.</summary>
    private const string Teams = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft";

    public static void Set(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
    }

    /// <summary>For the one page that Teams shows in a frame.</summary>
    public static void LetTeamsFrame(IHeaderDictionary headers) =>
        headers.ContentSecurityPolicy = Policy.Replace("frame-ancestors 'none'", $"frame-ancestors {Teams}", StringComparison.Ordinal);
}
