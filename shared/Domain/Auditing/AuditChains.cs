using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Appends entries to the district's chains (docs/adr/0012). A chain has one line of work in a process, which takes all
/// entries that wait into one commit; between processes the tail's version decides, and whoever lost appends behind.</summary>
public sealed class AuditChains(ITableStore store, AuditKeys keys, DistrictId district, TimeProvider time, int chains = AuditChains.DefaultCount)
{
    /// <summary>Enough that fifty people at work rarely meet in one.</summary>
    public const int DefaultCount = 16;

    private readonly ConcurrentDictionary<ChainPlace, ChainAppender> appenders = new();

    /// <summary>The chain an entry belongs to: all that one member of staff does is in one chain; what the system does is
    /// spread by school.</summary>
    public ChainPlace PlaceOf(AuditEntry entry) => new(
        ChainPlace.MonthOf(entry.At), ChainOf(entry.Who.IsSystem ? $"{entry.Who} {entry.School}" : entry.Who.Value));

    public int ChainOf(AuditActor staff) => ChainOf(staff.Value);

    /// <summary>When it returns, the entry stands in its chain; one of the same id that stood there before is left alone.</summary>
    /// <exception cref="InvalidOperationException">The chain's rows contradict its tail: somebody changed them.</exception>
    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var bytes = entry.ToBytes();
        var appender = appenders.GetOrAdd(
            PlaceOf(entry), static (place, self) => new ChainAppender(self.store, self.keys, self.district, place, self.time), (store, keys, district, time));
        return appender.AppendAsync(entry, bytes).WaitAsync(cancellationToken);
    }

    private int ChainOf(string key) => (int)(BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(key))) % (uint)chains);
}

/// <summary>The one line of work of a chain in this process.</summary>
internal sealed class ChainAppender(ITableStore store, AuditKeys keys, DistrictId district, ChainPlace place, TimeProvider time)
{
    // A commit's bytes stay well under the table's limit, whatever the entries' sizes.
    private const int MostBytes = ITableStore.MaxCommitBytes / 4;

    private readonly Lock gate = new();
    private readonly PartitionKey partition = ChainRows.Partition(district.Value, place);
    private List<Pending> waiting = [];
    private bool isAtWork;
    private Tail? tail;

    public Task AppendAsync(AuditEntry entry, byte[] bytes)
    {
        var pending = new Pending(entry, bytes);
        lock (gate)
        {
            waiting.Add(pending);
            if (isAtWork) return pending.Task;
            isAtWork = true;
        }
        _ = WorkAsync();
        return pending.Task;
    }

    /// <summary>Appends until nobody waits. Not cancelled with any one caller: the entries of others are in the same commit.</summary>
    private async Task WorkAsync()
    {
        while (true)
        {
            List<Pending> taken;
            lock (gate)
            {
                if (waiting.Count == 0)
                {
                    isAtWork = false;
                    return;
                }
                (taken, waiting) = (waiting, []);
            }
            try
            {
                await AppendAllAsync(taken);
            }
            catch (Exception e)
            {
                // What was on its way may or may not be in: the tail is read anew, and each caller decides for itself.
                tail = null;
                foreach (var pending in taken) pending.Failed(e);
            }
        }
    }

    private async Task AppendAllAsync(List<Pending> taken)
    {
        var left = new Queue<Pending>(taken);
        while (left.Count > 0)
        {
            var batch = new List<Pending>();
            var ids = new HashSet<string>();
            var changes = 1;
            var bytes = 0;
            while (left.TryPeek(out var next) && changes + next.Changes <= ITableStore.MaxChanges && bytes + next.Bytes.Length <= MostBytes && ids.Add(next.Entry.Id))
            {
                batch.Add(left.Dequeue());
                changes += next.Changes;
                bytes += next.Bytes.Length;
            }
            await CommitAsync(batch);
        }
    }

    private async Task CommitAsync(List<Pending> batch)
    {
        while (batch.Count > 0)
        {
            var before = tail ??= await LoadAsync();
            var (changes, after) = await ChangesOf(batch, before);
            switch (await store.CommitAsync(TableName.Audit, partition, changes, CancellationToken.None))
            {
                case CommitResult.Committed committed:
                    tail = new Tail(after.Point, committed.ETags[0]);
                    foreach (var pending in batch) pending.Done();
                    return;
                case CommitResult.Conflict(var key) when batch.Find(p => p.IsNamed(key)) is { } known:
                    known.Done();
                    batch.Remove(known);
                    break;
                case CommitResult.Conflict:
                    // Another process was faster: behind its entries, then.
                    tail = await LoadAsync();
                    if (tail.Version == before.Version)
                        throw new InvalidOperationException($"Audit chain {place} has rows behind its tail. Run audit verify.");
                    break;
            }
        }
    }

    private async Task<(List<RowChange> Changes, ChainTail Tail)> ChangesOf(List<Pending> batch, Tail before)
    {
        var today = ChainRows.Day(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var day = string.CompareOrdinal(today, before.Point.Day) > 0 ? today : before.Point.Day;
        var sequence = before.Point.Sequence;
        var hash = Convert.FromHexString(before.Point.Hash);
        var changes = new List<RowChange>();
        foreach (var pending in batch)
        {
            sequence++;
            var key = ChainRows.EntryKey(day, sequence);
            hash = ChainRows.Next(hash, key, pending.Bytes);
            changes.Add(new RowChange.Insert(key, ChainRows.Body(sequence, hash, pending.Bytes)));
            changes.AddRange(ChainRows.IndexOf(pending.Entry, key, sequence));
        }
        var after = await ChainTails.SignAsync(keys, partition, new ChainPoint(day, sequence, Convert.ToHexStringLower(hash)), CancellationToken.None);
        var body = JsonSerializer.SerializeToUtf8Bytes(after, AuditJson.Default.ChainTail);
        changes.Insert(0, before.Version is { } version ? new RowChange.Replace(ChainRows.TailKey, version, body) : new RowChange.Insert(ChainRows.TailKey, body));
        return (changes, after);
    }

    private async Task<Tail> LoadAsync()
    {
        if (await store.GetAsync(TableName.Audit, partition, ChainRows.TailKey, CancellationToken.None) is { } row)
        {
            // Going on from a tail that is not ours would sign what somebody else made.
            var held = JsonSerializer.Deserialize(row.Body.Span, AuditJson.Default.ChainTail)!;
            return await ChainTails.IsSignedAsync(keys, partition, held, CancellationToken.None)
                ? new Tail(held.Point, row.ETag)
                : throw new InvalidOperationException($"No key of this district has signed the tail of audit chain {place}. Run audit verify.");
        }
        var link = await ChainMonths.BeginAsync(store, district, place, CancellationToken.None);
        return new Tail(new ChainPoint("", 0, Convert.ToHexStringLower(ChainRows.Genesis(partition, link.Span))), null);
    }

    /// <param name="Version">Null before the month's first entry.</param>
    private sealed record Tail(ChainPoint Point, ETag? Version);

    private sealed class Pending(AuditEntry entry, byte[] bytes)
    {
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public AuditEntry Entry => entry;

        public byte[] Bytes => bytes;

        public Task Task => done.Task;

        /// <summary>The entry's row and those of its index.</summary>
        public int Changes { get; } = 1 + ChainRows.IndexOf(entry, ChainRows.TailKey, 0).Count();

        public bool IsNamed(RowKey key) => !entry.Action.IsRead() && key == ChainRows.WriteKey(entry);

        public void Done() => done.TrySetResult();

        public void Failed(Exception e) => done.TrySetException(e);
    }
}
