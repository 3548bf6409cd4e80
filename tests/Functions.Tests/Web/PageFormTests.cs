using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Pages;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Web;

/// <summary>A form is taken only from our own pages, and only from the caller it was made for.</summary>
public sealed partial class PageFormTests : IAsyncDisposable
{
    private static readonly Caller Ann = new(StaffId.Parse("ann"), Enum.GetValues<Role>().ToHashSet(), null);
    private static readonly Caller Ben = Ann with { Id = StaffId.Parse("ben") };

    private readonly TempFolder folder = new();
    private readonly Someone caller = new() { Is = Ann };
    private readonly List<IDisposable> opened = [];

    public sealed class Forms(Antiforgery antiforgery, PageRenderer pages, ICallerResolver callers)
    {
        [Function("Form")]
        public async Task<IResult> Show([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "form")] HttpRequest request, CancellationToken token) =>
            Results.Text(antiforgery.FieldFor(request, await callers.ResolveAsync(new CallerTraces(true, "", false), token)).Value);

        [Function("TakeForm")]
        public async Task<IResult> Take([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "form")] HttpRequest request, CancellationToken token)
        {
            var caller = await callers.ResolveAsync(new CallerTraces(true, "", false), token);
            if (await pages.RefuseFormAsync(request, caller, token) is { } refused) return refused;
            return Results.Text((await request.ReadFormAsync(token))["word"].ToString());
        }
    }

    [Fact]
    public async Task Post_OwnFormOfTheCaller_IsTaken()
    {
        var client = await StartAsync(FunctionCatalogue.Of([typeof(Forms)]));
        Assert.Equal("静か", await (await PostAsync(client, await client.GetStringAsync("/form"), "静か")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Post_TokenOfAnotherCallerMissingOrMade_IsRefusedInWords()
    {
        var client = await StartAsync(FunctionCatalogue.Of([typeof(Forms)]));
        var token = await client.GetStringAsync("/form");
        await AssertRefusedAsync(await PostAsync(client, "", "x"));
        await AssertRefusedAsync(await PostAsync(client, token[..^4] + "AAAA", "x"));
        caller.Is = Ben;
        await AssertRefusedAsync(await PostAsync(client, token, "x"));
        caller.Is = Caller.Nobody;
        await AssertRefusedAsync(await PostAsync(client, token, "x"));
        using var withoutCookie = new HttpClient { BaseAddress = client.BaseAddress };
        caller.Is = Ann;
        await AssertRefusedAsync(await PostAsync(withoutCookie, token, "x"));
    }

    [Fact]
    public async Task Post_TooManyFieldsTooLongOrNoForm_IsRefused()
    {
        var client = await StartAsync(FunctionCatalogue.Of([typeof(Forms)]));
        var token = await client.GetStringAsync("/form");
        await AssertRefusedAsync(await PostAsync(client, token, new string('x', 100_001)));
        await AssertRefusedAsync(await client.PostAsync("/form", new FormUrlEncodedContent(
            [new("form-token", token), .. Enumerable.Range(0, 600).Select(i => KeyValuePair.Create($"f{i}", "x"))])));
        await AssertRefusedAsync(await client.PostAsync("/form", new StringContent("{}", System.Text.Encoding.UTF8, "application/json")));
    }

    /// <summary>Pages' functions that take a form of their own; an API takes no cookie, and so no form of another site.</summary>
    [Fact]
    public async Task EveryPageFunction_PostWithoutToken_IsRefused()
    {
        var client = await StartAsync(null);
        foreach (var function in FunctionCatalogue.OfThisApp().Functions)
        {
            if (function.Trigger is not TriggerBinding.Http http || !http.Methods.Contains("POST")
                || http.Route.StartsWith("api/", StringComparison.Ordinal) || http.Route is "signin-oidc" or "{*path}") continue;
            var route = RouteValue().Replace(http.Route, value => value.Value.Contains("guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : "x");
            using var answer = await client.PostAsync("/" + route, new FormUrlEncodedContent([new("word", "x")]));
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{function.Name} took a form without a token: {(int)answer.StatusCode}.");
        }
    }

    private async Task<HttpClient> StartAsync(FunctionCatalogue? catalogue)
    {
        var host = LocalHost.Build(
            new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false }.OnTestStore(), catalogue,
            services => services.AddSingleton<ICallerResolver>(caller));
        opened.Add(host);
        await host.StartAsync();
        var client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
        opened.Add(client);
        return client;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string token, string word) =>
        client.PostAsync("/form", new FormUrlEncodedContent([new("form-token", token), new("word", word)]));

    private static async Task AssertRefusedAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Nothing was saved", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        answer.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in opened.OfType<IHost>()) await host.StopAsync();
        foreach (var one in opened) one.Dispose();
        folder.Dispose();
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex RouteValue();

    private sealed class Someone : ICallerResolver
    {
        public required Caller Is { get; set; }

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(Is);
    }
}
