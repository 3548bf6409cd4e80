using Microsoft.AspNetCore.Http;

namespace SchoolSignal.Functions.Referrals;

/// <summary>After a form: go and look (303), so that a reload sends nothing again.</summary>
internal sealed class SeeOther(string address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        return Task.CompletedTask;
    }
}
