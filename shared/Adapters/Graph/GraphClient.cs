using Azure.Core;
using Microsoft.Graph;
using Microsoft.Kiota.Authentication.Azure;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware.Options;

namespace SchoolSignal.Adapters.Graph;

/// <summary>Makes the Graph client. The SDK's own handler repeats a POST on 429, 503 and 504, and reads a date in Retry-After wrongly
/// (guarantees.md §1): it is left out, and <see cref="GraphCalls"/> decides what is repeated.</summary>
internal static class GraphClient
{
    public const string ImmutableIds = "IdType=\"ImmutableId\"";

    /// <param name="transport">The last handler; null is the platform's.</param>
    public static GraphServiceClient Create(GraphOptions options, TokenCredential credential, HttpMessageHandler? transport = null)
    {
        var handlers = GraphClientFactory.CreateDefaultHandlers().Where(h => h is not (RetryHandler or RedirectHandler)).ToList();
        // The pipeline limits the time; two limits would race.
        var http = GraphClientFactory.Create(handlers, finalHandler: transport);
        // On every call: without it a message's id changes when it moves from the drafts to the sent items.
        http.DefaultRequestHeaders.Add("Prefer", ImmutableIds);
        http.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
        var tokens = new AzureIdentityAuthenticationProvider(credential, [options.Service.Host], isCaeEnabled: true, scopes: [new Uri(options.Service, "/.default").AbsoluteUri]);
        return new GraphServiceClient(http, tokens, options.Service.AbsoluteUri.TrimEnd('/'));
    }

    /// <summary>Said with every request as well, for a client made elsewhere.</summary>
    public static RetryHandlerOption NoRetry { get; } = new() { MaxRetry = 0, ShouldRetry = (_, _, _) => false };
}
