using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.District;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Hosting.Azure;

/// <summary>What the Local host does around a function that answers HTTP, for the worker: the headers of every answer, and an answer in
/// plain words where the function threw. Queue and timer functions pass through: what they throw brings the message back.</summary>
internal sealed partial class AnswerMiddleware(PublicOrigin origin, ILogger<AnswerMiddleware> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }
        // What people see, not what the proxies on the way say of it.
        http.Request.Scheme = origin.IsSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        SecureHeaders.Set(http.Response.Headers);
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The sender went away, or the host stops.
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            var fault = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Faults.TooLarge : Faults.BadRequest;
            await fault.ExecuteAsync(http);
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            var reference = Activity.Current?.TraceId.ToHexString()[..12] ?? context.InvocationId;
            // The calls that led to it, without its message: that may carry what a pupil's file said.
            Failed(context.FunctionDefinition.Name, reference, exception.GetType().FullName, exception.StackTrace);
            await Faults.Unexpected(reference).ExecuteAsync(http);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function} failed, reference {Reference}: {Type}\n{Trace}")]
    private partial void Failed(string function, string reference, string? type, string? trace);
}
