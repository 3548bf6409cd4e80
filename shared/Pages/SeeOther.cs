using Microsoft.AspNetCore.Http;

namespace SchoolSignal.Pages;

/// <summary>The answer to a form that was taken: look at that page (303), so that a reload sends nothing twice.</summary>
/// <param name="Address">Of this site.</param>
public sealed record SeeOther(string Address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Address;
        return Task.CompletedTask;
    }
}
