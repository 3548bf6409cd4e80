using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Tenants;

namespace SchoolSignal.Functions.Tests.SignIn;

/// <summary>On one machine without a tenant: pick whom to be; the API stays open to this machine.</summary>
public sealed class SignInPickerTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly IHost host;
    private TestBrowser browser = null!;

    public SignInPickerTests() =>
        host = LocalHost.Build(new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false }.OnTestStore());

    public async ValueTask InitializeAsync()
    {
        await host.StartAsync();
        browser = new TestBrowser(LocalHost.AddressOf(host), "http://localhost");
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await host.StopAsync();
        host.Dispose();
        folder.Dispose();
    }

    private async Task HireAsync(string name, bool isActive, params Role[] roles) => Assert.IsType<StaffSaved.Saved>(
        await host.Services.GetRequiredService<StaffStore>().SaveAsync(
            new StaffMember(StaffId.Parse(name), name, $"{name} O'Neill", roles.ToHashSet(), new HashSet<SchoolId> { SchoolId.Parse("mine") }) { IsActive = isActive },
            null, CancellationToken.None));

    private async Task<HttpResponseMessage> PickAsync(string staff, string returnUrl = "/")
    {
        using var page = await browser.OpenAsync($"/signin?returnUrl={Uri.EscapeDataString(returnUrl)}");
        var html = await page.Content.ReadAsStringAsync();
        var token = Regex.Match(html, "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;
        var back = WebUtility.HtmlDecode(Regex.Match(html, "name=\"returnUrl\" value=\"([^\"]+)\"").Groups[1].Value);
        return await browser.PostAsync("/local/signin", [new("form-token", token), new("staff", staff), new("returnUrl", back)]);
    }

    [Fact]
    public async Task Pick_SomebodyOfTheStaff_IsWhoOneIsUntilSignedOut()
    {
        await HireAsync("tess", true, Role.Teacher, Role.Counsellor);
        using var picked = await PickAsync("tess", "/?x=1");
        Assert.Equal("/?x=1", picked.Headers.Location?.OriginalString);
        var html = await (await browser.GetAsync("/")).Content.ReadAsStringAsync();
        Assert.Contains("<strong>tess O&#x27;Neill</strong>", html, StringComparison.Ordinal);
        Assert.Contains("Teacher, Counsellor", html, StringComparison.Ordinal);

        var token = Regex.Match(html, "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var gone = await browser.PostAsync("/signout", [new("form-token", token)]);
        Assert.DoesNotContain("tess", await (await browser.GetAsync("/")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pick_SomebodyWhoLeftOrIsNobody_IsNoSession()
    {
        await HireAsync("tess", true, Role.Teacher);
        await HireAsync("gone", false, Role.Teacher);
        foreach (var staff in new[] { "gone", "eve", "local", "" })
        {
            using var answer = await PickAsync(staff);
            Assert.Equal("/local/signin", answer.Headers.Location?.OriginalString);
        }
        Assert.DoesNotContain("SchoolSignal", browser.Cookies.Keys);
        Assert.DoesNotContain("gone", await (await browser.OpenAsync("/signin")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pick_BeforeThereIsStaff_IsWhoeverSitsHere()
    {
        using var picked = await PickAsync("local");
        Assert.Equal("/", picked.Headers.Location?.OriginalString);
        Assert.Contains("Data manager", await (await browser.GetAsync("/")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pick_FormOfAnotherSite_IsRefused()
    {
        await HireAsync("tess", true, Role.Teacher);
        using var answer = await browser.PostAsync("/local/signin", [new("staff", "tess")]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("Host", "signal.example")]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    public async Task Picker_AskedFromElsewhere_IsNotThere(string header, string value)
    {
        using var client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/local/signin");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);

        using var api = new HttpRequestMessage(HttpMethod.Get, "/api/feeds");
        api.Headers.TryAddWithoutValidation(header, value);
        using var refused = await client.SendAsync(api);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Api_OnThisMachineWithoutSession_AnswersWithEveryRole()
    {
        using var client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/feeds")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", "a.b.c");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/feeds")).StatusCode);
    }

    [Fact]
    public async Task Picker_WithATenant_IsNotThere()
    {
        await using var app = await TenantApp.StartAsync();
        using var answer = await app.AskAsync(null, HttpMethod.Get, "/local/signin");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
