using Microsoft.Extensions.Options;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Adapters.Entra;

/// <summary>The district's tenant and this app's registration in it: configuration section <c>Entra</c>.</summary>
public sealed class EntraOptions
{
    public const string Section = "Entra";

    /// <summary>The cloud's sign-in address. Its tenants lie under it. https, or http on this machine.</summary>
    public string Instance { get; set; } = "https://login.microsoftonline.com";

    /// <summary>The tenant's id, a GUID: an app for every tenant would take anybody's account.</summary>
    public string TenantId { get; set; } = "";

    /// <summary>The registration's application (client) id, a GUID.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The managed identity that the registration is federated to, by its client id: its token stands for the registration in
    /// the code flow, and there is no secret.</summary>
    public string ManagedIdentityClientId { get; set; } = "";

    /// <summary>The registration's secret, on a machine without a managed identity. Empty in Azure.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The scope a person's access token for the API must have, as the registration exposes it.</summary>
    public string Scope { get; set; } = "access_as_user";

    /// <summary>Where people reach the app; the registration's redirect address is this and <c>/signin-oidc</c>.</summary>
    public string PublicOrigin { get; set; } = "";

    /// <summary>How long the tenant's keys are kept before they are fetched again; an unknown key asks for them sooner.</summary>
    public TimeSpan KeysKept { get; set; } = TimeSpan.FromHours(12);

    /// <summary>The least time between two fetches that unknown keys ask for, so that forged tokens cannot make us flood the tenant.</summary>
    public TimeSpan KeysPause { get; set; } = TimeSpan.FromMinutes(1);

    internal string Tenant => TenantId.ToLowerInvariant();

    internal string Authority => $"{Instance.TrimEnd('/')}/{Tenant}/v2.0";
}

/// <summary>Names every fault of the options at once.</summary>
internal sealed class EntraOptionsCheck : IValidateOptions<EntraOptions>
{
    public ValidateOptionsResult Validate(string? name, EntraOptions options)
    {
        var faults = new List<string>();
        if (!Guid.TryParse(options.TenantId, out _)) faults.Add("Entra:TenantId is the tenant's id, a GUID.");
        if (!Guid.TryParse(options.ClientId, out _)) faults.Add("Entra:ClientId is the app registration's id, a GUID.");
        if (options.ManagedIdentityClientId.Length > 0 && !Guid.TryParse(options.ManagedIdentityClientId, out _)) faults.Add("Entra:ManagedIdentityClientId is the identity's client id, a GUID.");
        if (options.ClientSecret.Length == 0 == (options.ManagedIdentityClientId.Length == 0))
            faults.Add("Entra:ManagedIdentityClientId names the identity that the registration trusts; Entra:ClientSecret is for machines without one. One of the two.");
        if (options.Scope.Length == 0 || options.Scope.Contains(' ', StringComparison.Ordinal)) faults.Add("Entra:Scope is one scope, such as access_as_user.");
        if (!PublicOrigin.TryParse(options.Instance, out _)) faults.Add("Entra:Instance is an https address without a path.");
        if (!PublicOrigin.TryParse(options.PublicOrigin, out _)) faults.Add("PublicOrigin is where people reach the app: an https address without a path.");
        if (options.KeysKept < TimeSpan.FromMinutes(5)) faults.Add("Entra:KeysKept is five minutes or more.");
        if (options.KeysPause < TimeSpan.FromSeconds(1)) faults.Add("Entra:KeysPause is a second or more.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
