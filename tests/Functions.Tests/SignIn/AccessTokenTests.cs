using System.Net;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using SchoolSignal.Domain.District;
using SchoolSignal.Testing.Tenants;

namespace SchoolSignal.Functions.Tests.SignIn;

/// <summary>The API takes an access token of the tenant for this app, whole and in time, and nothing else.</summary>
public sealed class AccessTokenTests(AccessTokenTests.Shared shared) : IClassFixture<AccessTokenTests.Shared>
{
    private readonly TenantApp app = shared.App;
    private readonly TenantPerson manager = shared.Manager;

    /// <summary>An app and a tenant, which no refused token changes.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        internal TenantApp App { get; private set; } = null!;

        internal TenantPerson Manager { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            App = await TenantApp.StartAsync();
            Manager = await App.HireAsync("dana", Role.DataManager);
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }

    private Task<HttpStatusCode> AskAsync(string? token) => AskAsync(app, token);

    private static async Task<HttpStatusCode> AskAsync(TenantApp app, string? token)
    {
        using var answer = await app.AskAsync(token, HttpMethod.Get, "/api/feeds");
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            Assert.Equal(token is null ? "Bearer" : "Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
        return answer.StatusCode;
    }

    [Fact]
    public async Task Token_OfThePersonForThisApp_IsTaken()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app.Tenant.AccessToken(manager)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app.Tenant.AccessToken(manager, token => token.Audience = $"api://{app.Tenant.ClientId}")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app.Tenant.AppToken(["Feeds.Send"])));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(app.Tenant.AppToken(["DataManager"])));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(app.Tenant.AccessToken(manager with { AppRoles = ["Teacher", "DistrictAdministrator"] })));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(app.Tenant.AccessToken(manager with { ObjectId = Guid.NewGuid() })));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(null));
    }

    public static TheoryData<string, Action<TokenScript, FakeTenant>> Wrong => new()
    {
        { "alg none", (token, _) => token.SignedWith = null },
        { "HS256 with the public key's modulus", (token, tenant) => token.SignedWith = Hmac(Base64UrlEncoder.DecodeBytes(tenant.PublishedKey.N), tenant) },
        { "HS256 with the public key as text", (token, tenant) => token.SignedWith = Hmac(Encoding.ASCII.GetBytes(tenant.PublishedKey.N), tenant) },
        { "a key of somebody else's under the known id", (token, tenant) => token.SignedWith = Rsa(tenant.PublishedKey.Kid, SecurityAlgorithms.RsaSha256) },
        { "RS512, which is not on the list", (token, tenant) => token.SignedWith = new SigningCredentials(token.SignedWith!.Key, SecurityAlgorithms.RsaSha512) },
        { "another audience", (token, _) => token.Audience = Guid.NewGuid().ToString() },
        { "the Graph's audience", (token, _) => token.Audience = "https://graph.microsoft.com" },
        { "another issuer", (token, _) => token.Issuer = "https://login.microsoftonline.com/common/v2.0" },
        { "the issuer of version 1", (token, tenant) => token.Issuer = $"https://sts.windows.net/{tenant.TenantId}/" },
        { "another tenant's id", (token, _) => token.Claims["tid"] = Guid.NewGuid().ToString() },
        { "no tenant", (token, _) => token.Claims.Remove("tid") },
        { "version 1", (token, _) => token.Claims["ver"] = "1.0" },
        { "expired", (token, _) => token.Until -= TimeSpan.FromHours(1) + TimeSpan.FromMinutes(3) },
        { "not yet valid", (token, _) => token.From += TimeSpan.FromMinutes(5) + TimeSpan.FromMinutes(3) },
        { "another scope", (token, _) => token.Claims["scp"] = "access_as_user2 openid" },
        { "an ID token's nonce", (token, _) => token.Claims["nonce"] = "n" },
        { "nobody asked for it", (token, _) => token.Claims.Remove("azp") },
        { "no account", (token, _) => token.Claims.Remove("oid") },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Token_WithOneThingWrong_IsRefused(string what, Action<TokenScript, FakeTenant> change)
    {
        var token = app.Tenant.AccessToken(manager, script => change(script, app.Tenant));
        Assert.True(await AskAsync(token) == HttpStatusCode.Unauthorized, what);
        Assert.True(await AskAsync(app.Tenant.AccessToken(manager)) == HttpStatusCode.OK, $"After {what} a good token is refused.");
    }

    [Fact]
    public async Task Token_ThatIsAnIdToken_IsRefused()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app.Tenant.IdToken(manager, "nonce")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app.Tenant.IdToken(manager, "nonce", token => token.Claims.Remove("nonce"))));
    }

    [Fact]
    public async Task Token_ChangedCutOrHuge_IsRefused()
    {
        var good = app.Tenant.AccessToken(manager);
        var parts = good.Split('.');
        foreach (var bad in new[] { "", "x", "a.b.c", good[..^6] + "AAAAAA", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1][..^4]}.{parts[2]}", new string('a', 16_385) })
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(bad.Length == 0 ? "." : bad));
    }

    [Fact]
    public async Task Token_OfAKeyRolledOver_IsTakenOnceTheKeysAreFetched()
    {
        // A tenant of its own: its keys change.
        await using var rolled = await TenantApp.StartAsync();
        var person = await rolled.HireAsync("dana", Role.DataManager);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(rolled, rolled.Tenant.AccessToken(person)));
        rolled.Tenant.RollOver();
        var patience = TimeSpan.FromSeconds(15);
        var started = TimeProvider.System.GetTimestamp();
        while (await AskAsync(rolled, rolled.Tenant.AccessToken(person)) != HttpStatusCode.OK)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < patience, "The new key was never fetched.");
            await Task.Delay(100);
        }
        var asked = rolled.Tenant.KeysAsked;
        started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 20; i++)
            await AskAsync(rolled, rolled.Tenant.AccessToken(person, token => token.SignedWith = Rsa($"unknown {i}", SecurityAlgorithms.RsaSha256)));
        // Once in the time between two refreshes, however often a stranger's key is named.
        Assert.InRange(rolled.Tenant.KeysAsked - asked, 0, 2 + (int)TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    [Theory]
    [InlineData("X-MS-CLIENT-PRINCIPAL")]
    [InlineData("X-MS-CLIENT-PRINCIPAL-ID")]
    [InlineData("X-MS-TOKEN-AAD-ACCESS-TOKEN")]
    public async Task Header_OfThePlatform_IsNeverBelieved(string header)
    {
        using var client = new HttpClient { BaseAddress = app.Address };
        var principal = $$"""{"auth_typ":"aad","claims":[{"typ":"roles","val":"DataManager"},{"typ":"oid","val":"{{manager.ObjectId}}"}],"role_typ":"roles"}""";
        client.DefaultRequestHeaders.Add(header, Convert.ToBase64String(Encoding.UTF8.GetBytes(principal)));
        client.DefaultRequestHeaders.Add("X-MS-CLIENT-PRINCIPAL-IDP", "aad");
        using var answer = await client.GetAsync("/api/feeds");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static SigningCredentials Hmac(byte[] secret, FakeTenant tenant) =>
        new(new SymmetricSecurityKey(secret) { KeyId = tenant.PublishedKey.Kid }, SecurityAlgorithms.HmacSha256);

    private static SigningCredentials Rsa(string keyId, string algorithm) =>
        new(new RsaSecurityKey(System.Security.Cryptography.RSA.Create(2048)) { KeyId = keyId }, algorithm);
}
