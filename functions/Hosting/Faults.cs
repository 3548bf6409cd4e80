using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Hosting;

/// <summary>The host's own answers when no function could give one: to a browser a page of a few words, else a problem document
/// (RFC 9457).</summary>
internal static class Faults
{
    public static IResult TooLarge { get; } = new Fault("Common.TooLarge", Results.Problem(
        statusCode: StatusCodes.Status413PayloadTooLarge,
        title: "The upload is too large",
        detail: "At most 100 MB can be sent in one request. Put a larger file into the watched folder, or send it in parts."), StatusCodes.Status413PayloadTooLarge);

    public static IResult NotFound { get; } = new Fault("Common.NotFound", Results.Problem(
        statusCode: StatusCodes.Status404NotFound,
        title: "There is nothing at this address"), StatusCodes.Status404NotFound);

    public static IResult BadRequest { get; } = new Fault("Common.BadRequest", Results.Problem(
        statusCode: StatusCodes.Status400BadRequest,
        title: "The request could not be read",
        detail: "It ended early or is not well-formed HTTP. Send it again."), StatusCodes.Status400BadRequest);

    public static IResult Unexpected(string reference) => new Fault("Common.Unexpected", Results.Problem(
        statusCode: StatusCodes.Status500InternalServerError,
        title: "Something went wrong on our side",
        detail: $"Nothing you sent is shown here. If it happens again, tell whoever runs SchoolSignal this reference: {reference}",
        extensions: new Dictionary<string, object?> { ["reference"] = reference }), StatusCodes.Status500InternalServerError, reference);

    /// <param name="Key">Of the page's words.</param>
    private sealed record Fault(string Key, IResult Problem, int Status, string? Detail = null) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await ((Refusals.IsForPerson(httpContext.Request) ? await PageAsync(httpContext) : null) ?? Problem).ExecuteAsync(httpContext);
        }

        /// <summary>Null where not even a page can be made: what failed may be what every page needs, such as the store.</summary>
        private async Task<IResult?> PageAsync(HttpContext context)
        {
            try
            {
                var pages = context.RequestServices.GetRequiredService<PageRenderer>();
                // Who asks is not looked up: that may be the very thing that failed.
                return await pages.RenderNoticeAsync(context.Request, Caller.Nobody, Key, Status, context.RequestAborted, Detail);
            }
            catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
