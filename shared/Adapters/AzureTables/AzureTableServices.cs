using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureTables;

/// <summary>Registers Table Storage as the table store.</summary>
public static class AzureTableServices
{
    /// <param name="credential">Null is this app's identity.</param>
    /// <param name="configure">The transport and policies of a test.</param>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong stands in the message.</exception>
    public static IServiceCollection AddAzureTables(this IServiceCollection services, StorageOptions options, TokenCredential? credential = null, Action<TableClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return services
            // On the world's time, whatever clock the app is shown: the network keeps to no other.
            .AddSingleton(_ => new AzureTableStore(Client(options, credential, configure), options, TimeProvider.System))
            .AddSingleton<ITableStore>(provider => provider.GetRequiredService<AzureTableStore>());
    }

    internal static TableServiceClient Client(StorageOptions options, TokenCredential? credential = null, Action<TableClientOptions>? configure = null)
    {
        var client = new TableClientOptions
        {
            // A repetition that does not know of lost replies would report our own write as a conflict: TableCalls repeats.
            Retry = { MaxRetries = 0, NetworkTimeout = options.Timeout },
        };
        configure?.Invoke(client);
        return options.ConnectionString.Length > 0
            ? new TableServiceClient(options.ConnectionString, client)
            : new TableServiceClient(options.TableEndpoint!, credential ?? StorageOptions.Identity(), client);
    }
}
