using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using SchoolSignal.Adapters.Entra;
using SchoolSignal.Domain.District;
using SchoolSignal.Testing.Tenants;

namespace SchoolSignal.Functions.Tests.SignIn;

/// <summary>Signing in with the tenant in a browser, and what must not come of it.</summary>
public sealed class CodeFlowTests : IAsyncLifetime
{
    private const string Session = "__Host-SchoolSignal";

    private TenantApp app = null!;
    private TestBrowser browser = null!;

    public async ValueTask InitializeAsync()
    {
        app = await TenantApp.StartAsync();
        browser = app.Browser();
        app.Tenant.Person = await app.HireAsync("tess", Role.Teacher);
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task SignIn_ByThePerson_ShowsWhoOneIsAndSetsOneHostCookie()
    {
        using var page = await browser.OpenAsync("/signin?returnUrl=%2F%3Fx%3D1");
        Assert.Equal("/?x=1", page.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Contains("<strong>tess</strong>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var cookie = browser.SetCookies.Last(header => header.StartsWith(Session, StringComparison.Ordinal)).ToLowerInvariant();
        Assert.All(["path=/", "secure", "httponly", "samesite=lax"], part => Assert.Contains(part, cookie, StringComparison.Ordinal));
        Assert.DoesNotContain("domain=", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("expires=", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("tess", browser.Cookies[Session], StringComparison.Ordinal);
    }

    /// <summary>As in Azure: the registration has no secret and trusts the app's managed identity.</summary>
    [Fact]
    public async Task SignIn_OfARegistrationWithoutASecret_ShowsTheIdentitysToken()
    {
        await using var federated = await TenantApp.StartAsync(
            services => services.AddSingleton(new RegistrationProof(new Identity())),
            new Dictionary<string, string?> { ["Entra:ClientSecret"] = "", ["Entra:ManagedIdentityClientId"] = Guid.NewGuid().ToString() });
        using var visitor = federated.Browser();
        federated.Tenant.Person = await federated.HireAsync("tess", Role.Teacher);
        using var page = await visitor.OpenAsync("/signin");
        Assert.Contains("<strong>tess</strong>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_Started_SendsTheCodeFlowWithPkceToThePublicOrigin()
    {
        using var answer = await browser.GetAsync("/signin");
        var asked = System.Web.HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        Assert.StartsWith(app.Tenant.Instance, answer.Headers.Location.OriginalString, StringComparison.Ordinal);
        Assert.Equal(
            ("code", "S256", "query", $"{TenantApp.Origin}/signin-oidc"),
            (asked["response_type"], asked["code_challenge_method"], asked["response_mode"] ?? "query", asked["redirect_uri"]));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("~/evil")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/signin?returnUrl=/")]
    public async Task SignIn_ReturnToElsewhere_EndsAtTheStartPage(string address)
    {
        using var page = await browser.OpenAsync($"/signin?returnUrl={Uri.EscapeDataString(address)}");
        Assert.Equal((app.Address.Authority, "/"), (page.RequestMessage!.RequestUri!.Authority, page.RequestMessage.RequestUri.PathAndQuery));
    }

    [Fact]
    public async Task Page_AskedByABrowserWithoutSession_LeadsToTheSignInAndBack()
    {
        using var api = await browser.GetAsync("/api/feeds");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task Callback_StateOfSomebodyElseOrMade_SignsNobodyIn()
    {
        using var other = app.Browser();
        using var theirs = await other.GetAsync("/signin");
        using var theirAnswer = await other.GetAsync(theirs.Headers.Location!.OriginalString);
        // A code and state that another browser got: login CSRF.
        await AssertFailsAsync(await browser.GetAsync(theirAnswer.Headers.Location!.OriginalString));

        using var mine = await browser.GetAsync("/signin");
        using var answer = await browser.GetAsync(mine.Headers.Location!.OriginalString);
        var back = answer.Headers.Location!.OriginalString;
        await AssertFailsAsync(await browser.GetAsync(Regex.Replace(back, "state=[^&]{8}", "state=AAAAAAAA")));
        await AssertFailsAsync(await browser.GetAsync(Regex.Replace(back, "&state=.*", "")));
    }

    [Fact]
    public async Task Callback_WithoutTheNonceCookie_SignsNobodyIn()
    {
        using var started = await browser.GetAsync("/signin");
        using var answer = await browser.GetAsync(started.Headers.Location!.OriginalString);
        foreach (var nonce in browser.Cookies.Keys.Where(name => name.Contains("Nonce", StringComparison.Ordinal)).ToList()) browser.Cookies.Remove(nonce);
        await AssertFailsAsync(await browser.GetAsync(answer.Headers.Location!.OriginalString));
    }

    public static TheoryData<string, Action<TokenScript>> Wrong => new()
    {
        { "another nonce", token => token.Claims["nonce"] = "other" },
        { "another issuer", token => token.Issuer = "https://login.microsoftonline.com/common/v2.0" },
        { "another audience", token => token.Audience = Guid.NewGuid().ToString() },
        { "another tenant", token => token.Claims["tid"] = Guid.NewGuid().ToString() },
        { "unsigned", token => token.SignedWith = null },
        { "signed by somebody else", token => token.SignedWith = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = token.SignedWith!.Key.KeyId }, "RS256") },
        { "expired", token => token.Until -= TimeSpan.FromHours(2) },
        { "no account", token => token.Claims.Remove("oid") },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task SignIn_IdTokenWithOneThingWrong_SignsNobodyIn(string what, Action<TokenScript> change)
    {
        app.Tenant.IdTokens = change;
        using var page = await browser.OpenAsync("/signin");
        Assert.True(page.StatusCode == HttpStatusCode.BadRequest && !browser.Cookies.ContainsKey(Session), what);
    }

    [Fact]
    public async Task SignIn_RefusedByTheTenant_SaysSoWithoutItsWords()
    {
        app.Tenant.Person = null;
        using var page = await browser.OpenAsync("/signin");
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("Sign-in did not work", html, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Session_OfAnotherKeyRingOrChanged_IsNobody()
    {
        (await browser.OpenAsync("/signin")).Dispose();
        Assert.True(await IsSignedInAsync(browser));
        await using var elsewhere = await TenantApp.StartAsync();
        using var there = elsewhere.Browser();
        there.Cookies[Session] = browser.Cookies[Session];
        Assert.False(await IsSignedInAsync(there));
        browser.Cookies[Session] = browser.Cookies[Session][..^4] + "AAAA";
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Session_InUse_LastsEightHoursAndNotASecondMore()
    {
        // A ticket keeps whole seconds.
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
        await using var slow = await TenantApp.StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        slow.Tenant.Person = await slow.HireAsync("tess", Role.Teacher);
        using var idle = slow.Browser();
        using var used = slow.Browser();
        (await idle.OpenAsync("/signin")).Dispose();
        (await used.OpenAsync("/signin")).Dispose();
        for (var hour = 1; hour <= 8; hour++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            Assert.True(await IsSignedInAsync(used), $"gone after {hour} hours");
            if (hour == 2) Assert.False(await IsSignedInAsync(idle));
        }
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await IsSignedInAsync(used));
    }

    [Fact]
    public async Task SignOut_ByItsForm_EndsTheSessionHereAndThenThere()
    {
        using var page = await browser.OpenAsync("/signin");
        var token = Regex.Match(await page.Content.ReadAsStringAsync(), "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var without = await browser.PostAsync("/signout");
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.True(await IsSignedInAsync(browser));

        using var done = await browser.PostAsync("/signout", [new("form-token", token)]);
        Assert.Equal("/signout", done.Headers.Location?.OriginalString);
        Assert.False(browser.Cookies.ContainsKey(Session));
        Assert.Contains("/signout?account=1", await (await browser.GetAsync("/signout")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var there = await browser.GetAsync("/signout?account=1");
        Assert.Contains("/oauth2/v2.0/logout", there.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var back = await browser.OpenAsync(there.Headers.Location.OriginalString);
        Assert.Equal("/signout", back.RequestMessage!.RequestUri!.AbsolutePath);
    }

    private static async Task<bool> IsSignedInAsync(TestBrowser browser) =>
        (await (await browser.GetAsync("/")).Content.ReadAsStringAsync()).Contains("<strong>tess</strong>", StringComparison.Ordinal);

    private async Task AssertFailsAsync(HttpResponseMessage answer)
    {
        Assert.Equal("/signin?failed=1", answer.Headers.Location?.OriginalString);
        Assert.False(browser.Cookies.ContainsKey(Session));
        answer.Dispose();
    }

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            requestContext.Scopes is ["api://AzureADTokenExchange/.default"]
                ? new AccessToken(FakeTenant.Assertion, DateTimeOffset.MaxValue)
                : throw new InvalidOperationException("A token for something else was asked for.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
