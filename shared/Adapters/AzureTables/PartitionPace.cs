using System.Threading.RateLimiting;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureTables;

/// <summary>Keeps this process's writes to one partition under the rate that the service publishes for it. A day's import comes
/// nowhere near; a district's first roster would.</summary>
internal sealed class PartitionPace(int rowsPerSecond) : IDisposable
{
    private const int Periods = 20;

    private readonly PartitionedRateLimiter<(TableName, PartitionKey)> limiter = PartitionedRateLimiter.Create<(TableName, PartitionKey), (TableName, PartitionKey)>(
        place => RateLimitPartition.GetTokenBucketLimiter(place, _ => new TokenBucketRateLimiterOptions
        {
            // A little at once: what was let through may still wait on its way and then arrive together with what comes after it.
            TokenLimit = Math.Max(ITableStore.MaxChanges, rowsPerSecond / 4),
            TokensPerPeriod = rowsPerSecond / Periods,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1d / Periods),
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            QueueLimit = int.MaxValue,
        }));

    public async ValueTask WaitAsync(TableName table, PartitionKey partition, int rows, CancellationToken cancellationToken)
    {
        using var lease = await limiter.AcquireAsync((table, partition), rows, cancellationToken).ConfigureAwait(false);
        if (!lease.IsAcquired) throw new IOException("Too many writes wait for one partition.");
    }

    public void Dispose() => limiter.Dispose();
}
