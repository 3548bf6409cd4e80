using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.ServiceBus;

/// <summary>Service Bus neither shows nor removes one message among others without taking all of them. What waits there runs off by itself:
/// it holds no more than random keys, and whoever works on it finds nobody; dead letters become failures, which an erasure does remove.</summary>
internal sealed class ServiceBusWaitingMessages : IWaitingMessages
{
    public ValueTask<long?> CountAsync(CancellationToken cancellationToken) => ValueTask.FromResult<long?>(null);

    public ValueTask<int> CountAsync(Func<string, bool> mentions, CancellationToken cancellationToken) => ValueTask.FromResult(0);

    public ValueTask<int> RemoveAsync(Func<string, bool> mentions, CancellationToken cancellationToken) => ValueTask.FromResult(0);
}
