using System.Net;
using System.Net.Http.Headers;
using Azure.Identity;
using Microsoft.Graph.Models.ODataErrors;
using Microsoft.Kiota.Abstractions;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace SchoolSignal.Adapters.Graph;

/// <summary>How a call to Graph ended.</summary>
internal enum GraphEnd
{
    Done,
    /// <summary>Refused for now, surely not done: too many requests, an expired token.</summary>
    Throttled,
    /// <summary>The service was not reached: surely not done.</summary>
    Unreached,
    /// <summary>A fault, a time-out or a lost answer: it may have been done.</summary>
    Fault,
    /// <summary>Refused for good.</summary>
    Refused,
}

/// <summary>An answer of Graph's, or what came instead of one.</summary>
/// <param name="NotBefore">When the service wants to be asked next, where it said so.</param>
/// <param name="Code">Graph's code for a refusal; empty otherwise.</param>
internal readonly record struct GraphReply<T>(GraphEnd End, T? Value, DateTimeOffset? NotBefore = null, string Code = "");

/// <summary>Turns what the SDK throws into replies. Of an error only status, code and Retry-After are read: its text may repeat
/// what was sent.</summary>
internal static class GraphReplies
{
    public static async ValueTask<GraphReply<T>> OfAsync<T>(Func<Task<T?>> call, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return new(GraphEnd.Done, await call());
        }
        catch (ApiException error)
        {
            return OfStatus<T>((HttpStatusCode)error.ResponseStatusCode, RetryAfter(error.ResponseHeaders, time), CodeOf(error));
        }
        catch (HttpRequestException error)
        {
            return new(IsUnreached(error.HttpRequestError) ? GraphEnd.Unreached : GraphEnd.Fault, default);
        }
        catch (Exception error) when (error is AuthenticationFailedException or CredentialUnavailableException)
        {
            return new(GraphEnd.Unreached, default);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(GraphEnd.Fault, default);
        }
        catch (IOException)
        {
            return new(GraphEnd.Fault, default);
        }
    }

    public static GraphReply<T> OfStatus<T>(HttpStatusCode status, DateTimeOffset? notBefore, string code) => status switch
    {
        // 401: the token ran out on the way; the next call takes a new one.
        HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized => new(GraphEnd.Throttled, default, notBefore),
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new(GraphEnd.Fault, default, notBefore),
        _ => new(GraphEnd.Refused, default, Code: code.Length > 0 ? code : $"HTTP {(int)status}"),
    };

    /// <summary>What the pipeline throws where it does not let a call through, or cuts it off.</summary>
    public static GraphReply<T> OfPipeline<T>(Exception exception, TimeProvider time) => exception switch
    {
        BrokenCircuitException broken => new(GraphEnd.Unreached, default, broken.RetryAfter is { } wait ? time.GetUtcNow() + wait : null),
        RateLimiterRejectedException => new(GraphEnd.Unreached, default),
        TimeoutRejectedException => new(GraphEnd.Fault, default),
        _ => throw new InvalidOperationException("An exception of the pipeline is not handled.", exception),
    };

    /// <summary>Retry-After in seconds or as a date; null where there is none or it cannot be read.</summary>
    public static DateTimeOffset? RetryAfter(IDictionary<string, IEnumerable<string>>? headers, TimeProvider time)
    {
        var text = headers?.FirstOrDefault(h => h.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
        if (text is null || !RetryConditionHeaderValue.TryParse(text, out var value)) return null;
        return value.Date ?? (value.Delta is { } delta ? time.GetUtcNow() + delta : null);
    }

    private static string CodeOf(ApiException error) => error is ODataError { Error.Code: { Length: > 0 and <= 100 } code } ? code : "";

    /// <summary>Nothing of the request had left this machine, or the other side never took it.</summary>
    private static bool IsUnreached(HttpRequestError error) =>
        error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError;
}
