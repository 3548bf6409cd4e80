using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages;

/// <summary>Keeps forms to those of our own pages: a token in the form, its other half in a cookie, both made for this
/// caller. Every function that takes a form asks it after the gate and before it does anything.</summary>
public sealed class Antiforgery(IAntiforgery antiforgery)
{
    /// <summary>A form is a page of fields, not an upload: at most so many fields of so many characters.</summary>
    private static readonly FormOptions Limits = new() { ValueCountLimit = 500, KeyLengthLimit = 200, ValueLengthLimit = 100_000, BufferBodyLengthLimit = MaxBytes, MultipartBodyLengthLimit = MaxBytes };

    /// <summary>The most bytes of a whole form, inclusive.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The hidden field of a form for this caller.</summary>
    public FormField FieldFor(HttpRequest request, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(request);
        // It wants to say so itself, and warns of what was said before.
        request.HttpContext.Response.Headers.CacheControl = default;
        var tokens = antiforgery.GetAndStoreTokens(As(caller, request));
        return new FormField(tokens.FormFieldName, tokens.RequestToken!);
    }

    /// <returns>True if the form was made by one of our pages for this caller, and can be read with <c>ReadFormAsync</c>.</returns>
    public async Task<bool> IsOursAsync(HttpRequest request, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ContentLength > MaxBytes || !request.HasFormContentType) return false;
        request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, Limits));
        try
        {
            return await antiforgery.IsRequestValidAsync(As(caller, request));
        }
        catch (Exception exception) when (exception is InvalidDataException or AntiforgeryValidationException)
        {
            // Too many fields, or too long: no page of ours.
            return false;
        }
    }

    // Tokens are bound to whoever the context says is signed in; that is the gate's caller and nobody else.
    private static HttpContext As(Caller caller, HttpRequest request)
    {
        request.HttpContext.User = caller.IsNobody
            ? new ClaimsPrincipal(new ClaimsIdentity())
            : new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Id.Value)], "gate"));
        return request.HttpContext;
    }
}
