using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SchoolSignal.Pages;

/// <summary>Sends a text compressed where the browser takes it. It is done here and not by a middleware, because the worker's
/// pipeline has none of ours.</summary>
/// <remarks>A secret beside words of an attacker's choice could be guessed from the compressed length (BREACH). So a page that
/// another site led to, which the browser says in <c>Sec-Fetch-Site</c>, goes out as it is; and the form token is encrypted anew, with
/// a nonce of its own, for every page, so that no two pages hold the same.</remarks>
public static class CompressedText
{
    /// <summary>Shorter texts gain nothing. In bytes, inclusive.</summary>
    private const int Least = 1024;

    public static async Task WriteAsync(HttpContext context, string text, string contentType, int status)
    {
        ArgumentNullException.ThrowIfNull(context);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.Append(HeaderNames.Vary, "Accept-Encoding, Sec-Fetch-Site");
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length >= Least && EncodingOf(context.Request) is { } encoding)
        {
            response.Headers.ContentEncoding = encoding;
            bytes = Compress(bytes, encoding);
        }
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Brotli before gzip; null where the browser names neither, or may have been led here.</summary>
    private static string? EncodingOf(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("same-origin" or "none")) return null;
        var accepted = request.GetTypedHeaders().AcceptEncoding.Where(encoding => encoding.Quality is not 0).Select(encoding => encoding.Value.Value).ToList();
        return accepted.Contains("br", StringComparer.OrdinalIgnoreCase) ? "br" : accepted.Contains("gzip", StringComparer.OrdinalIgnoreCase) ? "gzip" : null;
    }

    private static byte[] Compress(byte[] bytes, string encoding)
    {
        using var compressed = new MemoryStream(bytes.Length / 4);
        using (Stream stream = encoding == "br" ? new BrotliStream(compressed, CompressionLevel.Fastest) : new GZipStream(compressed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return compressed.ToArray();
    }
}
