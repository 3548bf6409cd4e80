using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace SchoolSignal.Pages;

/// <summary>The files the pages need, out of the assembly.</summary>
public sealed class SiteAssets
{
    public SiteAsset Style { get; } = SiteAsset.Read("site.css", "text/css; charset=utf-8");

    public SiteAsset Script { get; } = SiteAsset.Read("site.js", "text/javascript; charset=utf-8");

    /// <summary>What a browser's tab and bookmarks show.</summary>
    public SiteAsset Mark { get; } = SiteAsset.Read("mark.svg", "image/svg+xml");
}

/// <summary>A file of the pages. Its address changes with its content, so a browser may keep what it has.</summary>
public sealed class SiteAsset : IResult
{
    private readonly byte[] bytes;
    private readonly string contentType;

    private SiteAsset(string name, byte[] bytes, string contentType)
    {
        this.bytes = bytes;
        this.contentType = contentType;
        Address = $"/assets/{name}?v={Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]}";
    }

    public string Address { get; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(bytes, contentType).ExecuteAsync(httpContext);
    }

    internal static SiteAsset Read(string name, string contentType)
    {
        using var resource = typeof(SiteAsset).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return new SiteAsset(name, bytes, contentType);
    }
}
