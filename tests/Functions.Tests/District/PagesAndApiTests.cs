using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>The app itself on a free loopback port.</summary>
public sealed class PagesAndApiTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly IHost host;
    private HttpClient client = null!;

    public PagesAndApiTests() =>
        host = LocalHost.Build(new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false }.OnTestStore());

    public async ValueTask InitializeAsync()
    {
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

    [Fact]
    public async Task StartPage_Opened_NamesTheDistrictAndHoldsNoInlineScriptOrStyle()
    {
        var answer = await client.GetAsync("/");
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Running for north", html, StringComparison.Ordinal);
        Assert.Equal("<script src=", Assert.Single(System.Text.RegularExpressions.Regex.Matches(html, "<script[^=]*=")).Value);
        Assert.DoesNotContain("style=", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Assets_OfThePages_AreKeptByTheBrowser()
    {
        using var style = await client.GetAsync("/assets/site.css");
        using var script = await client.GetAsync("/assets/site.js");
        Assert.Equal(("text/css", "text/javascript"), (style.Content.Headers.ContentType?.MediaType, script.Content.Headers.ContentType?.MediaType));
        Assert.True(style.Headers.CacheControl is { Public: true, NoStore: false });
        Assert.True(script.Headers.CacheControl is { Public: true, NoStore: false });
    }

    [Fact]
    public async Task StartPage_DistrictWithoutAName_SaysSoAndNamesNoDefault()
    {
        using var unnamed = new TempFolder();
        using var other = LocalHost.Build(new LocalOptions(unnamed.Path, DistrictId.Unnamed, Port: 0) { SurvivesPowerCut = false }.OnTestStore());
        await other.StartAsync();
        using var visitor = new HttpClient { BaseAddress = LocalHost.AddressOf(other) };
        var html = await visitor.GetStringAsync("/");
        Assert.Contains("the district has no name here yet", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Running for", html, StringComparison.Ordinal);
        await other.StopAsync();
    }

    [Fact]
    public async Task StartPage_Links_LeadSomewhere()
    {
        var html = await client.GetStringAsync("/");
        var links = System.Text.RegularExpressions.Regex.Matches(html, "href=\"(/[^\"]*)\"").Select(m => m.Groups[1].Value).Distinct();
        foreach (var link in links)
            Assert.True((await client.GetAsync(link)).IsSuccessStatusCode, $"{link} leads nowhere.");
    }

    [Fact]
    public async Task Health_Asked_IsOk() =>
        Assert.Equal("ok", (await client.GetFromJsonAsync<JsonElement>("/api/health")).GetProperty("status").GetString());

    [Theory]
    [InlineData(0, false, 202)]
    [InlineData(1, false, 413)]
    [InlineData(1, true, 413)]
    public async Task ReceiveFeed_BodyAroundTheLimit_IsTakenUpTo100MBAndElse413InWords(int over, bool chunked, int status)
    {
        const long Limit = 100L * 1024 * 1024;
        using var answer = await PostAsync(Limit + over, chunked);
        Assert.Equal(status, (int)answer.StatusCode);
        var feeds = await client.GetFromJsonAsync<JsonElement>("/api/feeds");
        if (status == 202)
        {
            Assert.Equal(1, feeds.GetArrayLength());
            return;
        }
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Matches("too large|over 100 MB", await answer.Content.ReadAsStringAsync());
        // Nothing of it is kept.
        Assert.Equal(0, feeds.GetArrayLength());
        Assert.DoesNotContain(new DirectoryInfo(folder.Path).EnumerateFiles("*", SearchOption.AllDirectories), file => file.Length > Limit / 2);
    }

    /// <summary>The server answers before it has read everything and closes; a client still sending may lose the answer with
    /// the connection, and asks again.</summary>
    private async Task<HttpResponseMessage> PostAsync(long size, bool chunked)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/feeds") { Content = new StreamContent(new Zeros(size)) };
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.ExpectContinue = true;
            if (!chunked) request.Content.Headers.ContentLength = size;
            try
            {
                return await client.SendAsync(request);
            }
            catch (HttpRequestException) when (attempt < 5)
            {
            }
        }
    }

    /// <summary>So many zero bytes, none of them in memory.</summary>
    private sealed class Zeros(long size) : Stream
    {
        private long read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get => read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, size - read);
            buffer.AsSpan(offset, count).Clear();
            read += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    [Theory]
    [InlineData("{\"reason\":\"The old system is gone.\"}", 404)]
    [InlineData("{\"reason\":\"  \"}", 400)]
    [InlineData("{\"reason\":7}", 400)]
    [InlineData("[]", 400)]
    [InlineData("{", 400)]
    [InlineData("", 400)]
    public async Task GiveUpFailure_NoSuchFailureOrNoReason_SaysSoInWords(string body, int status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/api/failures/0123456789abcdef01234567/give-up", content);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task GiveUpFailure_ReasonOver300Characters_IsRefused()
    {
        foreach (var (length, status) in new[] { (300, 404), (301, 400), (100_000, 400) })
        {
            using var answer = await client.PostAsJsonAsync("/api/failures/0123456789abcdef01234567/give-up", new { reason = new string('x', length) });
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task OpenApi_Asked_DescribesEveryApiFunction()
    {
        var document = await client.GetFromJsonAsync<JsonElement>("/api/openapi.json");
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString()).Distinct().Order();
        var apis = FunctionCatalogue.OfThisApp().Functions
            .Where(f => f.Trigger is TriggerBinding.Http http && http.Route.StartsWith("api/", StringComparison.Ordinal)).ToList();
        Assert.Equal(apis.Select(f => f.Name).Order(), described);
        Assert.All(apis, f => Assert.NotEmpty(f.Method.GetCustomAttributes<AnswerAttribute>()));
        Assert.DoesNotContain(document.GetProperty("paths").EnumerateObject(), path => path.Name.Contains(':', StringComparison.Ordinal));
    }
}
