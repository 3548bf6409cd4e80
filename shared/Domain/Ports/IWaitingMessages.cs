namespace SchoolSignal.Domain.Ports;

/// <summary>Looks into the queues themselves: for an erasure, which must not leave a pupil's key waiting in one, and for a backup,
/// which does not hold them. The audit's queue is left alone: its entries are to be appended, and hold no more than the random key.</summary>
public interface IWaitingMessages
{
    /// <summary>How many messages wait now or are due later, the audit's included; null where the service does not tell.</summary>
    ValueTask<long?> CountAsync(CancellationToken cancellationToken);

    /// <summary>How many messages the predicate is true of, by body or message id.</summary>
    ValueTask<int> CountAsync(Func<string, bool> mentions, CancellationToken cancellationToken);

    /// <summary>Removes them, those on loan included: whoever works on one finds nobody any more.</summary>
    /// <returns>How many were removed.</returns>
    ValueTask<int> RemoveAsync(Func<string, bool> mentions, CancellationToken cancellationToken);
}
