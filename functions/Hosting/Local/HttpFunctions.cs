using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>One endpoint per HTTP trigger.</summary>
internal sealed partial class HttpFunctions(
    FunctionCatalogue catalogue, FunctionInvoker invoker, LocalOptions options, TimeProvider clock, ILogger<HttpFunctions> log, SignInPicker? picker = null, MailboxPages? mailbox = null)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var function in catalogue.Functions)
            if (function.Trigger is TriggerBinding.Http http)
                endpoints.MapMethods(http.Route, http.Methods, context => RunAsync(context, function, http))
                    .WithDisplayName(function.Name);
        picker?.Map(endpoints);
        mailbox?.Map(endpoints);
    }

    private async Task RunAsync(HttpContext context, FunctionBinding function, TriggerBinding.Http http)
    {
        var started = clock.GetTimestamp();
        await AnswerAsync(context, function);
        // The route as declared, never the path or the query: they may carry ids.
        Answered(context.Request.Method, http.Route, context.Response.StatusCode, clock.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task AnswerAsync(HttpContext context, FunctionBinding function)
    {
        SecureHeaders.Set(context.Response.Headers);
        if (context.Request.ContentLength > options.MaxBody)
        {
            await Faults.TooLarge.ExecuteAsync(context);
            return;
        }
        try
        {
            if (!TryBind(context, function, out var values))
            {
                await Faults.NotFound.ExecuteAsync(context);
                return;
            }
            var result = (IResult)(await invoker.InvokeAsync(function, parameter => values[parameter.Position]))!;
            await result.ExecuteAsync(context);
        }
        catch (BadHttpRequestException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The sender went away.
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            var fault = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Faults.TooLarge : Faults.BadRequest;
            await fault.ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The sender went away, or the host stops.
        }
        catch (Exception exception)
        {
            var reference = Activity.Current?.TraceId.ToHexString()[..12] ?? context.TraceIdentifier;
            Failed(function.Name, reference, exception.GetType().FullName, Trace(exception));
            if (context.Response.HasStarted) context.Abort();
            else await Faults.Unexpected(reference).ExecuteAsync(context);
        }
    }

    /// <summary>The calls that led to a fault, without its message: a message may carry what a pupil's file said.</summary>
    private static string Trace(Exception exception) => exception.StackTrace ?? "";

    private static bool TryBind(HttpContext context, FunctionBinding function, out object?[] values)
    {
        values = new object?[function.Parameters.Count];
        foreach (var parameter in function.Parameters)
        {
            if (parameter.ParameterType == typeof(HttpRequest)) values[parameter.Position] = context.Request;
            else if (parameter.ParameterType == typeof(CancellationToken)) values[parameter.Position] = context.RequestAborted;
            else if (!TryParse(context.Request.RouteValues[parameter.Name!], parameter, out values[parameter.Position])) return false;
        }
        return true;
    }

    private static bool TryParse(object? routeValue, ParameterInfo parameter, out object? value)
    {
        var text = Convert.ToString(routeValue, CultureInfo.InvariantCulture);
        value = null;
        if (string.IsNullOrEmpty(text)) return parameter.ParameterType == typeof(string);
        if (parameter.ParameterType == typeof(string)) value = text;
        else if (parameter.ParameterType == typeof(Guid)) value = Guid.TryParse(text, out var guid) ? guid : null;
        else if (parameter.ParameterType == typeof(int)) value = int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
        else if (parameter.ParameterType == typeof(long)) value = long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
        else if (parameter.ParameterType == typeof(DateOnly))
            value = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        return value is not null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} /{Route} {Status} in {Milliseconds:F1} ms")]
    private partial void Answered(string method, string route, int status, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function} failed, reference {Reference}: {Type}\n{Trace}")]
    private partial void Failed(string function, string reference, string? type, string trace);
}
