using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Entra;

/// <summary>Who is calling where people and systems sign in with the tenant: an access token, else the session. Being on this
/// machine counts for nothing.</summary>
internal sealed class EntraCallerResolver(AccessTokens tokens, StaffCallers staff) : ICallerResolver
{
    private const string Bearer = "Bearer ";

    public async ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken)
    {
        var proof = traces.Session;
        // A header that was sent decides: what it says is not made up for by a cookie.
        if (traces.Authorization.Length > 0)
            proof = traces.Authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? await tokens.ProveAsync(traces.Authorization[Bearer.Length..].Trim()).ConfigureAwait(false)
                : null;
        return proof is null or SignInProof.Picked ? Caller.Nobody : await staff.OfAsync(proof, cancellationToken).ConfigureAwait(false);
    }
}
