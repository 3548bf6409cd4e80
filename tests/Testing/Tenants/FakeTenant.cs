using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace SchoolSignal.Testing.Tenants;

/// <summary>An Entra tenant on a loopback port: discovery, keys, authorize (code with PKCE), token, logout. What it answers can be
/// scripted; what it was asked is counted.</summary>
public sealed class FakeTenant : IAsyncDisposable
{
    public const string ClientSecret = "a secret of the fake tenant";
    public const string Scope = "access_as_user";

    /// <summary>A token of the identity that the registration trusts.</summary>
    public const string Assertion = "a token of the trusted identity";

    private readonly IHost host;
    private readonly ConcurrentDictionary<string, Grant> grants = new();
    private RsaSecurityKey key = NewKey();
    private int keysAsked;

    private FakeTenant(IHost host) => this.host = host;

    public Guid TenantId { get; } = Guid.NewGuid();

    public Guid ClientId { get; } = Guid.NewGuid();

    /// <summary>Such as http://127.0.0.1:50123, without a slash.</summary>
    public string Instance { get; private set; } = "";

    public string Issuer => $"{Instance}/{TenantId}/v2.0";

    /// <summary>Who answers the sign-in page; null refuses.</summary>
    public TenantPerson? Person { get; set; }

    /// <summary>Changes the next ID tokens.</summary>
    public Action<TokenScript>? IdTokens { get; set; }

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>How often the keys were fetched.</summary>
    public int KeysAsked => Volatile.Read(ref keysAsked);

    /// <summary>The public half of the signing key, as the tenant publishes it.</summary>
    public JsonWebKey PublishedKey => JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.Rsa.ExportParameters(false)) { KeyId = key.KeyId });

    public static async Task<FakeTenant> StartAsync()
    {
        FakeTenant? tenant = null;
        var host = new HostBuilder()
            .ConfigureWebHost(web => web
                .UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0))
                .ConfigureServices(services => services.AddRouting())
                .Configure(app => app.UseRouting().UseEndpoints(endpoints => tenant!.Map(endpoints))))
            .Build();
        tenant = new FakeTenant(host);
        await host.StartAsync();
        tenant.Instance = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return tenant;
    }

    /// <summary>Settings for an app that signs in here.</summary>
    public Dictionary<string, string?> SettingsFor(string publicOrigin) => new()
    {
        ["Entra:Instance"] = Instance,
        ["Entra:TenantId"] = TenantId.ToString(),
        ["Entra:ClientId"] = ClientId.ToString(),
        ["Entra:ClientSecret"] = ClientSecret,
        ["Entra:KeysPause"] = "00:00:01",
        ["PublicOrigin"] = publicOrigin,
    };

    /// <summary>From now on signs with a new key, and publishes only that.</summary>
    public void RollOver() => key = NewKey();

    /// <summary>A person's access token for the API.</summary>
    public string AccessToken(TenantPerson person, Action<TokenScript>? change = null) => Sign(
        Script(new()
        {
            ["ver"] = "2.0",
            ["tid"] = TenantId.ToString(),
            ["oid"] = person.ObjectId.ToString(),
            ["preferred_username"] = person.UserPrincipalName,
            ["roles"] = person.AppRoles.ToArray(),
            ["scp"] = Scope,
            ["azp"] = Guid.NewGuid().ToString(),
        }),
        change);

    /// <summary>The access token of a system that signed in as itself.</summary>
    public string AppToken(IReadOnlyList<string> appRoles, Action<TokenScript>? change = null) => Sign(
        Script(new()
        {
            ["ver"] = "2.0",
            ["tid"] = TenantId.ToString(),
            ["oid"] = Guid.NewGuid().ToString(),
            ["roles"] = appRoles.ToArray(),
            ["azp"] = Guid.NewGuid().ToString(),
        }),
        change);

    /// <summary>What the code flow gives, for this app itself.</summary>
    public string IdToken(TenantPerson person, string nonce, Action<TokenScript>? change = null) => Sign(
        Script(new()
        {
            ["ver"] = "2.0",
            ["tid"] = TenantId.ToString(),
            ["oid"] = person.ObjectId.ToString(),
            ["sub"] = person.ObjectId.ToString("N"),
            ["preferred_username"] = person.UserPrincipalName,
            ["name"] = "Canary Name",
            ["roles"] = person.AppRoles.ToArray(),
            ["nonce"] = nonce,
        }),
        change);

    private TokenScript Script(Dictionary<string, object> claims)
    {
        var now = Clock.GetUtcNow();
        return new TokenScript
        {
            Issuer = Issuer,
            Audience = ClientId.ToString(),
            From = now - TimeSpan.FromMinutes(5),
            Until = now + TimeSpan.FromHours(1),
            Claims = claims,
            SignedWith = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
        };
    }

    private static string Sign(TokenScript script, Action<TokenScript>? change)
    {
        change?.Invoke(script);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = script.Issuer,
            Audience = script.Audience,
            NotBefore = script.From.UtcDateTime,
            IssuedAt = script.From.UtcDateTime,
            Expires = script.Until.UtcDateTime,
            Claims = script.Claims,
            SigningCredentials = script.SignedWith,
        });
    }

    private void Map(IEndpointRouteBuilder endpoints)
    {
        var tenant = $"/{TenantId}";
        endpoints.MapGet($"{tenant}/v2.0/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{Instance}{tenant}/oauth2/v2.0/authorize",
            ["token_endpoint"] = $"{Instance}{tenant}/oauth2/v2.0/token",
            ["end_session_endpoint"] = $"{Instance}{tenant}/oauth2/v2.0/logout",
            ["jwks_uri"] = $"{Instance}{tenant}/discovery/v2.0/keys",
            ["response_types_supported"] = new[] { "code" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        endpoints.MapGet($"{tenant}/discovery/v2.0/keys", () =>
        {
            Interlocked.Increment(ref keysAsked);
            var published = PublishedKey;
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = published.Kid, n = published.N, e = published.E } } });
        });
        endpoints.MapGet($"{tenant}/oauth2/v2.0/authorize", Authorize);
        endpoints.MapPost($"{tenant}/oauth2/v2.0/token", TokenAsync);
        endpoints.MapGet($"{tenant}/oauth2/v2.0/logout", (HttpRequest request) => Results.Redirect(request.Query["post_logout_redirect_uri"].ToString()));
    }

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (query["response_type"] != "code" || query["code_challenge_method"] != "S256" || query["code_challenge"].ToString().Length == 0)
            return Results.BadRequest("The fake tenant takes the code flow with PKCE only.");
        var state = Uri.EscapeDataString(query["state"].ToString());
        if (Person is not { } person)
            return Results.Redirect($"{query["redirect_uri"]}?error=access_denied&error_description=canary%20description&state={state}");
        var code = Guid.NewGuid().ToString("N");
        grants[code] = new Grant(person, query["redirect_uri"].ToString(), query["nonce"].ToString(), query["code_challenge"].ToString());
        return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={state}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var isKnown = grants.TryRemove(form["code"].ToString(), out var grant)
            && form["client_id"] == ClientId.ToString() && IsRegistration(form) && form["redirect_uri"] == grant.RedirectUri
            && Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == grant.Challenge;
        if (!isKnown) return Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);
        return Results.Json(new Dictionary<string, object>
        {
            ["token_type"] = "Bearer",
            ["expires_in"] = 3600,
            ["access_token"] = "not used",
            ["id_token"] = IdToken(grant!.Person, grant.Nonce, IdTokens),
        });
    }

    /// <summary>By its secret or by the trusted identity's token, never by both.</summary>
    private static bool IsRegistration(IFormCollection form) => form.ContainsKey("client_assertion")
        ? form["client_assertion"] == Assertion && form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" && !form.ContainsKey("client_secret")
        : form["client_secret"] == ClientSecret;

    private static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private sealed record Grant(TenantPerson Person, string RedirectUri, string Nonce, string Challenge);
}
