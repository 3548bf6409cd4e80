using Azure.Core;
using Azure.Identity;

namespace SchoolSignal.Adapters.Entra;

/// <summary>What stands for the app registration in place of a secret: a token of the managed identity that it trusts.</summary>
public sealed class RegistrationProof
{
    internal const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static readonly TokenRequestContext Exchange = new(["api://AzureADTokenExchange/.default"]);

    private readonly TokenCredential identity;

    public RegistrationProof(ManagedIdentityId identity)
        : this(new ManagedIdentityCredential(identity))
    {
    }

    public RegistrationProof(TokenCredential identity) => this.identity = identity;

    /// <summary>The credential keeps a token for as long as it is good.</summary>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken) => (await identity.GetTokenAsync(Exchange, cancellationToken).ConfigureAwait(false)).Token;
}
