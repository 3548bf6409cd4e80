using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.KeyVault;

/// <summary>Registers Key Vault as the key ring.</summary>
public static class KeyVaultServices
{
    /// <summary>Needs <see cref="ITableStore"/>, a <see cref="DistrictId"/> and a <see cref="TimeProvider"/>.</summary>
    /// <param name="credential">Null is this app's identity.</param>
    /// <param name="configure">The transport of a test.</param>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong stands in the message.</exception>
    public static IServiceCollection AddKeyVaultKeyring(this IServiceCollection services, KeyVaultOptions options, TokenCredential? credential = null, Action<SecretClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults() is { Count: > 0 } faults) throw new ArgumentException(string.Join(' ', faults), nameof(options));
        return services.AddSingleton<IKeyring>(provider => new KeyVaultKeyring(
            Client(options, credential, configure), provider.GetRequiredService<ITableStore>(), provider.GetRequiredService<DistrictId>(), options,
            provider.GetRequiredService<TimeProvider>()));
    }

    internal static SecretClient Client(KeyVaultOptions options, TokenCredential? credential = null, Action<SecretClientOptions>? configure = null)
    {
        // Every call may be repeated: a version made twice leaves one that nobody uses.
        var client = new SecretClientOptions { Retry = { MaxRetries = 5, NetworkTimeout = TimeSpan.FromSeconds(30) } };
        configure?.Invoke(client);
        return new SecretClient(options.Uri, credential ?? StorageOptions.Identity(), client);
    }
}
