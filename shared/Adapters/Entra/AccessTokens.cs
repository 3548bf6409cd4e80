using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Entra;

/// <summary>Checks access tokens of the tenant for the API: signature, algorithm, issuer, audience, times, tenant, version, and
/// that it is an access token at all.</summary>
public sealed class AccessTokens
{
    /// <summary>Clocks may differ by this much. Inclusive.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    /// <summary>Longer than any token of the tenant; inclusive. What is longer is refused unread.</summary>
    private const int LongestToken = 16 * 1024;

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters parameters;
    private readonly EntraOptions options;

    /// <param name="keys">The tenant's keys, fetched again when a token names one that is not known.</param>
    public AccessTokens(IOptions<EntraOptions> options, ConfigurationManager<OpenIdConnectConfiguration> keys, TimeProvider time)
    {
        this.options = options.Value;
        parameters = new TokenValidationParameters
        {
            ConfigurationManager = keys,
            // One algorithm, of keys the tenant publishes: a token cannot choose "none", or have a public key taken for a shared one.
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidIssuer = this.options.Authority,
            ValidAudiences = [this.options.ClientId, $"api://{this.options.ClientId}"],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            ValidateIssuerSigningKey = true,
            TryAllIssuerSigningKeys = false,
            LifetimeValidator = (from, until, _, _) => IsInTime(from, until, time.GetUtcNow().UtcDateTime),
        };
    }

    /// <returns>Null for a token that proves nothing here.</returns>
    public async Task<SignInProof?> ProveAsync(string token)
    {
        if (token.Length is 0 or > LongestToken) return null;
        var result = await handler.ValidateTokenAsync(token, parameters).ConfigureAwait(false);
        return result.IsValid && result.SecurityToken is JsonWebToken read ? ProofOf([.. read.Claims]) : null;
    }

    private SignInProof? ProofOf(List<Claim> claims)
    {
        string? One(string type) => claims.FirstOrDefault(c => c.Type == type)?.Value;

        if (One(EntraClaims.Tenant) != options.Tenant || One(EntraClaims.Version) != "2.0") return null;
        if (claims.Exists(c => EntraClaims.OfIdTokens.Contains(c.Type)) || !Guid.TryParse(One(EntraClaims.Client), out var client)) return null;
        // With a scope a person is behind it; without one it is a system that signed in as itself.
        if (One(EntraClaims.Scope) is { } scopes)
            return scopes.Split(' ').Contains(options.Scope) ? EntraClaims.AccountOf(claims) : null;
        return new SignInProof.App(client, EntraClaims.RolesOf(claims));
    }

    /// <summary>Good from its first to its last moment, both inclusive, and the skew beyond them.</summary>
    private static bool IsInTime(DateTime? from, DateTime? until, DateTime now) =>
        until is { } end && now <= end + Skew && (from is not { } begin || now >= begin - Skew);
}
