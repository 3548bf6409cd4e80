using System.Security.Claims;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Entra;

/// <summary>What of a token's claims counts here.</summary>
internal static class EntraClaims
{
    /// <summary>The object in the tenant: a person's account, or a system's service principal.</summary>
    public const string ObjectId = "oid";
    public const string Tenant = "tid";
    public const string Version = "ver";
    public const string Roles = "roles";
    public const string PreferredUserName = "preferred_username";
    public const string Scope = "scp";
    /// <summary>The client that asked for an access token; no ID token has it.</summary>
    public const string Client = "azp";

    /// <summary>Claims of an ID token, never of an access token.</summary>
    public static readonly string[] OfIdTokens = ["nonce", "at_hash", "c_hash"];

    public static IReadOnlySet<Role> RolesOf(IEnumerable<Claim> claims)
    {
        var roles = new HashSet<Role>();
        foreach (var claim in claims)
            if (claim.Type == Roles && Domain.District.Roles.TryParse(claim.Value, out var role)) roles.Add(role);
        return roles;
    }

    /// <summary>Null where the token names no account.</summary>
    public static SignInProof.Account? AccountOf(IReadOnlyCollection<Claim> claims) =>
        Guid.TryParse(claims.FirstOrDefault(c => c.Type == ObjectId)?.Value, out var account)
            ? new SignInProof.Account(
                account, claims.FirstOrDefault(c => c.Type == PreferredUserName)?.Value ?? claims.FirstOrDefault(c => c.Type == "upn")?.Value, RolesOf(claims))
            : null;
}
