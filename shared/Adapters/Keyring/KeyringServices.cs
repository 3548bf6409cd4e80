using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Keyring;

/// <summary>Registers a file as the key ring.</summary>
public static class KeyringServices
{
    /// <summary>Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddFileKeyring(this IServiceCollection services, string folder) =>
        services.AddSingleton<IKeyring>(provider => new FileKeyring(folder, provider.GetRequiredService<TimeProvider>()));
}
