using Microsoft.Extensions.Options;

namespace SchoolSignal.Adapters.ServiceBus;

/// <summary>Which namespace holds the queues: configuration section <c>ServiceBus</c>, the connection that the queue triggers name as well.</summary>
public sealed class ServiceBusOptions
{
    public const string Section = "ServiceBus";

    /// <summary>Such as schoolsignal.servicebus.windows.net. There is no key: the app's managed identity sends and receives.</summary>
    public string FullyQualifiedNamespace { get; set; } = "";
}

/// <summary>Names every fault of the options at once.</summary>
internal sealed class ServiceBusOptionsCheck : IValidateOptions<ServiceBusOptions>
{
    public ValidateOptionsResult Validate(string? name, ServiceBusOptions options) =>
        Uri.CheckHostName(options.FullyQualifiedNamespace) == UriHostNameType.Dns && options.FullyQualifiedNamespace.Contains('.', StringComparison.Ordinal)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("ServiceBus:fullyQualifiedNamespace is a host name, such as schoolsignal.servicebus.windows.net.");
}
