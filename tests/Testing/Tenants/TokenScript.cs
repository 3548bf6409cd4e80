using Microsoft.IdentityModel.Tokens;

namespace SchoolSignal.Testing.Tenants;

/// <summary>A token before it is signed; a test changes what it wants wrong.</summary>
public sealed class TokenScript
{
    public required string Issuer { get; set; }

    public required string Audience { get; set; }

    public required DateTimeOffset From { get; set; }

    public required DateTimeOffset Until { get; set; }

    public required Dictionary<string, object> Claims { get; init; }

    /// <summary>Null leaves the token unsigned: alg "none".</summary>
    public required SigningCredentials? SignedWith { get; set; }
}
