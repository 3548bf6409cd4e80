using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.District;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Hosting.Azure;

/// <summary>What the Local host does around a function, for the worker: the headers of every answer, an answer in plain words where the
/// function threw, and no exception's message in the log of whoever called. What a queue's or a timer's function throws brings the message
/// back, or is written down.</summary>
internal sealed partial class AnswerMiddleware(PublicOrigin origin, ILogger<AnswerMiddleware> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await RunUnseenAsync(context, next);
            return;
        }
        // What people see, not what the proxies on the way say of it.
        http.Request.Scheme = origin.IsSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        SecureHeaders.Set(http.Response.Headers);
        try
        {
            await next(context);
            // Here and not by the worker's own middleware around this one: what fails while it is written is answered here as well.
            if (context.GetInvocationResult().Value is IResult answer) await answer.ExecuteAsync(http);
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
            await Faults.Unexpected(Write(context, exception)).ExecuteAsync(http);
        }
        // Answered: what stays here would be sent to the Functions host as JSON, a pupil's page among it.
        context.GetInvocationResult().Value = Results.Empty;
    }

    /// <exception cref="InvalidOperationException">The function threw: without the message, which the worker and the host would log.</exception>
    private async Task RunUnseenAsync(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.CancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{context.FunctionDefinition.Name} failed, reference {Write(context, exception)}.");
        }
    }

    /// <summary>The calls that led to it, without its message: that may carry what a pupil's file said.</summary>
    /// <returns>The reference it is found by.</returns>
    private string Write(FunctionContext context, Exception exception)
    {
        var reference = Activity.Current?.TraceId.ToHexString()[..12] ?? context.InvocationId;
        Failed(context.FunctionDefinition.Name, reference, exception.GetType().FullName, exception.StackTrace);
        return reference;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function} failed, reference {Reference}: {Type}\n{Trace}")]
    private partial void Failed(string function, string reference, string? type, string? trace);
}
