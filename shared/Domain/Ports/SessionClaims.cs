using System.Security.Claims;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Ports;

/// <summary>What a session cookie keeps of a sign-in, and reads back: an account with its roles, or a member of staff picked on
/// this machine. No name, no token.</summary>
public static class SessionClaims
{
    private const string Account = "account";
    private const string UserPrincipalName = "upn";
    private const string RoleOf = "role";
    private const string Staff = "staff";

    public static ClaimsPrincipal PrincipalOf(SignInProof proof) => new(new ClaimsIdentity(
        proof switch
        {
            SignInProof.Account account =>
            [
                new Claim(Account, account.ObjectId.ToString("D")),
                .. account.UserPrincipalName is { } name ? [new Claim(UserPrincipalName, name)] : Array.Empty<Claim>(),
                .. account.Roles.Order().Select(role => new Claim(RoleOf, Roles.NameOf(role))),
            ],
            SignInProof.Picked picked => [new Claim(Staff, picked.Staff.Value)],
            _ => throw new ArgumentException("A system has no session.", nameof(proof)),
        },
        "session"));

    /// <summary>Null for somebody without a session, or one that is not ours.</summary>
    public static SignInProof? ProofOf(ClaimsPrincipal? principal)
    {
        if (principal?.Identity is not { IsAuthenticated: true }) return null;
        if (StaffId.TryParse(principal.FindFirst(Staff)?.Value, out var picked)) return new SignInProof.Picked(picked);
        if (!Guid.TryParse(principal.FindFirst(Account)?.Value, out var account)) return null;
        var roles = new HashSet<Role>();
        foreach (var claim in principal.FindAll(RoleOf))
            if (Roles.TryParse(claim.Value, out var role)) roles.Add(role);
        return new SignInProof.Account(account, principal.FindFirst(UserPrincipalName)?.Value, roles);
    }
}
