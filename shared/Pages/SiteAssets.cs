using Microsoft.AspNetCore.Http;

namespace SchoolSignal.Pages;

/// <summary>The files the pages need, out of the assembly.</summary>
public sealed class SiteAssets
{
    private readonly byte[] style = Read("site.css");

    public IResult Style => Results.Bytes(style, "text/css; charset=utf-8");

    private static byte[] Read(string name)
    {
        using var resource = typeof(SiteAssets).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
