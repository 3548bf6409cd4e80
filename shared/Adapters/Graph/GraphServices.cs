using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Graph;

/// <summary>Registers Microsoft Graph as the sender of notifications.</summary>
public static class GraphServices
{
    /// <param name="credential">Null is this app's identity: the app registration federated to its managed identity, or a developer's own
    /// sign-in.</param>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong stands in the message.</exception>
    public static IServiceCollection AddGraphNotifications(this IServiceCollection services, GraphOptions options, TokenCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults() is { Count: > 0 } faults) throw new ArgumentException(string.Join(' ', faults), nameof(options));
        return services.AddSingleton<INotificationSender>(provider => new GraphNotificationSender(
            options, credential ?? new DefaultAzureCredential(), provider.GetRequiredService<TimeProvider>()));
    }
}
