using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Local;

/// <summary>A real host on a free loopback port, with fake functions.</summary>
public sealed class HttpFunctionsTests : IAsyncLifetime
{
    private const int Limit = 1000;

    private readonly TempFolder folder = new();
    private readonly Lines log = new();
    private IHost host = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        host = LocalHost.Build(
            new LocalOptions(folder.Path, DistrictId.Parse("d"), Port: 0) { SurvivesPowerCut = false, MaxBody = Limit },
            FunctionCatalogue.Of([typeof(Things)]),
            services => services.AddSingleton<ILoggerProvider>(log));
        await host.StartAsync();
        client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.StopAsync();
        host.Dispose();
        folder.Dispose();
    }

    public sealed class Things
    {
        private readonly string answer = "here";

        [Function("Start")]
        public IResult Start([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{root:maxlength(0)?}")] HttpRequest request) => Results.Text($"start {answer}");

        [Function("SignIn")]
        public IResult SignIn([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "signin-oidc")] HttpRequest request) => Results.Text($"sign-in {answer}");

        [Function("Bound")]
        public IResult Bound(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/things/{name}/{id}/{number}/{day}")] HttpRequest request,
            string name, Guid id, int number, DateOnly day) =>
            Results.Json(new { name, id, number, day, answer });

        [Function("Upload")]
        public async Task<IResult> Upload([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/uploads")] HttpRequest request, CancellationToken token)
        {
            using var reader = new StreamReader(request.Body);
            return Results.Text($"{(await reader.ReadToEndAsync(token)).Length} {answer}");
        }

        [Function("BrokenPage")]
        public IResult BrokenPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "broken/{id}")] HttpRequest request, string id) =>
            throw new InvalidOperationException($"{answer} of the test {id}");

        [Function("Broken")]
        public IResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/broken/{id}")] HttpRequest request, string id) =>
            throw new InvalidOperationException($"{answer} pupil {id}");
    }

    [Fact]
    public async Task Get_StartPageAndNothingElse_Answers()
    {
        Assert.Equal("start here", await client.GetStringAsync("/"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/elsewhere")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.PostAsync("/", null)).StatusCode);
    }

    /// <summary>No authentication middleware stands before the functions.</summary>
    [Fact]
    public async Task Get_SignInCallback_ReachesTheFunction() =>
        Assert.Equal("sign-in here", await client.GetStringAsync("/signin-oidc?code=x&state=y"));

    [Fact]
    public async Task Get_RouteValues_AreBoundByType()
    {
        var id = Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff");
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/things/a%20b/{id}/42/2026-01-05");
        Assert.Equal("a b", answer.GetProperty("name").GetString());
        Assert.Equal(id, answer.GetProperty("id").GetGuid());
        Assert.Equal(42, answer.GetProperty("number").GetInt32());
        Assert.Equal("2026-01-05", answer.GetProperty("day").GetString());
    }

    [Theory]
    [InlineData("/api/things/a/no-guid/42/2026-01-05")]
    [InlineData("/api/things/a/6f9619ff-8b86-d011-b42d-00cf4fc964ff/4x/2026-01-05")]
    [InlineData("/api/things/a/6f9619ff-8b86-d011-b42d-00cf4fc964ff/42/05.01.2026")]
    public async Task Get_RouteValueOfAnotherType_IsNotFound(string path) =>
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).StatusCode);

    [Fact]
    public async Task Post_BodyAtTheLimit_IsTaken()
    {
        var answer = await client.PostAsync("/api/uploads", new StringContent(new string('x', Limit)));
        Assert.Equal($"{Limit} here", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Post_BodyOverTheLimit_Is413InWords()
    {
        await AssertTooLargeAsync(chunked: false);
        await AssertTooLargeAsync(chunked: true);
    }

    private async Task AssertTooLargeAsync(bool chunked)
    {
        using var answer = await PostTooLargeAsync(chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("too large", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The server answers and closes before it has read everything; a client still sending then may lose the answer
    /// with the connection (HTTP/1.1 has no better way), so it asks again.</summary>
    private async Task<HttpResponseMessage> PostTooLargeAsync(bool chunked)
    {
        const int Tries = 5;
        for (var attempt = 1; ; attempt++)
        {
            using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string('x', Limit + 1))));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/uploads") { Content = content };
            request.Headers.TransferEncodingChunked = chunked;
            try
            {
                return await client.SendAsync(request);
            }
            catch (HttpRequestException) when (attempt < Tries)
            {
            }
        }
    }

    [Fact]
    public async Task Get_FunctionThrows_Is500WithAReferenceAndNothingElse()
    {
        var answer = await client.GetAsync("/api/broken/canary-7?secret=canary-8");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var reference = JsonDocument.Parse(text).RootElement.GetProperty("reference").GetString()!;
        Assert.Contains(log.All, line => line.Contains(reference, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/elsewhere", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html", HttpStatusCode.NotFound)]
    [InlineData("/elsewhere", "text/html;q=0.4,application/json", "application/problem+json", HttpStatusCode.NotFound)]
    [InlineData("/elsewhere", "*/*", "application/problem+json", HttpStatusCode.NotFound)]
    [InlineData("/api/elsewhere", "text/html", "application/problem+json", HttpStatusCode.NotFound)]
    [InlineData("/broken/canary-7", "text/html,*/*;q=0.8", "text/html", HttpStatusCode.InternalServerError)]
    [InlineData("/api/broken/canary-7", "text/html", "application/problem+json", HttpStatusCode.InternalServerError)]
    public async Task Fault_OfTheHost_IsAPageForABrowserAndAProblemForASystem(string address, string accept, string type, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await client.SendAsync(request);
        Assert.Equal((status, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var text = await answer.Content.ReadAsStringAsync();
        if (status != HttpStatusCode.InternalServerError) return;
        Assert.DoesNotContain("of the test", text, StringComparison.Ordinal);
        if (type != "text/html") return;
        Assert.Contains("Something went wrong on our side", text, StringComparison.Ordinal);
        var reference = System.Text.RegularExpressions.Regex.Match(text, "reference: ([0-9a-f]{12})").Groups[1].Value;
        Assert.Contains(log.All, line => reference.Length > 0 && line.Contains(reference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_OfAnyRequest_HoldsNoQueryAndNoId()
    {
        await client.GetAsync("/api/broken/canary-7?secret=canary-8");
        await client.GetAsync("/api/things/canary-9/x/1/y?name=canary-10");
        await client.GetAsync("/canary-11?name=canary-12");
        Assert.Contains(log.All, line => line.Contains("/api/broken/{id}", StringComparison.Ordinal));
        Assert.DoesNotContain(log.All, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answer_OfAnyFunction_CarriesTheSecureHeaders()
    {
        var headers = (await client.GetAsync("/")).Headers;
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.StartsWith("default-src 'none'", Assert.Single(headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal(new CacheControlHeaderValue { NoStore = true }, headers.CacheControl);
        Assert.False(headers.Contains("Server"));
    }

    [Fact]
    public void Address_OfAHost_IsLoopback() => Assert.Equal("127.0.0.1", client.BaseAddress!.Host);

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
