using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.ServiceBus;

/// <summary>Registers Azure Service Bus as message sender and reader of dead letters.</summary>
public static class ServiceBusServices
{
    /// <param name="queueNameOf">The queue's name in the namespace, as the triggers' settings say.</param>
    /// <param name="credential">The app's identity.</param>
    public static IServiceCollection AddServiceBus(
        this IServiceCollection services, IConfiguration configuration, Func<QueueName, string> queueNameOf, TokenCredential credential)
    {
        services.AddOptions<ServiceBusOptions>().Bind(configuration.GetSection(ServiceBusOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServiceBusOptions>, ServiceBusOptionsCheck>();
        services.AddSingleton(provider => new ServiceBusClient(
            provider.GetRequiredService<IOptions<ServiceBusOptions>>().Value.FullyQualifiedNamespace, credential));
        services.AddSingleton<IMessageSender>(provider => new ServiceBusMessageSender(provider.GetRequiredService<ServiceBusClient>(), queueNameOf));
        services.AddSingleton<IWaitingMessages, ServiceBusWaitingMessages>();
        return services.AddSingleton<IDeadLetterReader>(
            provider => new ServiceBusDeadLetterReader(provider.GetRequiredService<ServiceBusClient>(), queueNameOf));
    }
}
