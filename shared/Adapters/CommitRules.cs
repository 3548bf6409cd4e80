using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters;

/// <summary>The rules of <see cref="ITableStore.CommitAsync"/> that hold before any I/O, the same for every adapter.</summary>
internal static class CommitRules
{
    /// <exception cref="ArgumentException">See <see cref="ITableStore.CommitAsync"/>.</exception>
    public static void Check(IReadOnlyList<RowChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count is 0 or > ITableStore.MaxChanges)
            throw new ArgumentException($"A commit holds 1 to {ITableStore.MaxChanges} changes, this one {changes.Count}.", nameof(changes));
        var bytes = 0L;
        var keys = new HashSet<RowKey>(changes.Count);
        foreach (var change in changes)
        {
            var body = change switch
            {
                RowChange.Insert insert => insert.Body.Length,
                RowChange.Replace replace => replace.Body.Length,
                _ => 0,
            };
            if (body > ITableStore.MaxBody)
                throw new ArgumentException($"A row's body is at most {ITableStore.MaxBody} bytes, this one {body}.", nameof(changes));
            if (!keys.Add(change.Key))
                throw new ArgumentException("A commit changes a row once.", nameof(changes));
            bytes += ITableStore.WireBytes(change.Key, body);
        }
        if (bytes > ITableStore.MaxCommitBytes)
            throw new ArgumentException($"A commit is at most {ITableStore.MaxCommitBytes} bytes, this one {bytes}.", nameof(changes));
    }
}
