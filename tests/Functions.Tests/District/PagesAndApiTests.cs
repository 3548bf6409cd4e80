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
        host = LocalHost.Build(new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false });

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
