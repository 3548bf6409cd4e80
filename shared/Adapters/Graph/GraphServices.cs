using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Graph;

/// <summary>Who Graph is called as; a type of its own beside the credentials of other services.</summary>
public sealed record GraphCredential(TokenCredential Token);

/// <summary>Registers Microsoft Graph as the sender of notifications and, where it is wished, as a source of roster and staff.</summary>
public static class GraphServices
{
    /// <summary>The audience of a managed identity's token that an app registration takes in place of a secret.</summary>
    private static readonly string[] FederationScopes = ["api://AzureADTokenExchange/.default"];

    public static bool IsConfigured(IConfiguration configuration) => configuration.GetSection(GraphOptions.Section).Exists();

    /// <summary>Needs a <see cref="TimeProvider"/>. The options are checked when the host starts, all faults at once.</summary>
    public static IServiceCollection AddGraph(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GraphOptions>().Bind(configuration.GetSection(GraphOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GraphOptions>, GraphOptionsCheck>();
        services.TryAddSingleton(provider => new GraphCredential(CredentialOf(OptionsOf(provider))));
        if (configuration.GetSection(GraphOptions.Section).GetValue(nameof(GraphOptions.Roster), false))
            services.AddSingleton<IRosterDirectory>(provider => new GraphRosterDirectory(
                OptionsOf(provider), provider.GetRequiredService<GraphCredential>().Token, provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<INotificationSender>(provider => new GraphNotificationSender(
            OptionsOf(provider), provider.GetRequiredService<GraphCredential>().Token, provider.GetRequiredService<TimeProvider>()));
    }

    private static GraphOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<GraphOptions>>().Value;

    /// <summary>The app registration, by its secret or by the managed identity's token.</summary>
    private static TokenCredential CredentialOf(GraphOptions options)
    {
        if (options.ClientSecret.Length > 0) return new ClientSecretCredential(options.TenantId, options.ClientId, options.ClientSecret);
        var identity = new ManagedIdentityCredential(
            options.ManagedIdentityClientId.Length > 0
                ? ManagedIdentityId.FromUserAssignedClientId(options.ManagedIdentityClientId)
                : ManagedIdentityId.SystemAssigned);
        return new ClientAssertionCredential(
            options.TenantId, options.ClientId,
            async cancellationToken => (await identity.GetTokenAsync(new TokenRequestContext(FederationScopes), cancellationToken)).Token);
    }
}
