using System.Buffers;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>Takes out of a school's year what a feed has set there: its marks become unknown, for what it wrote over is no
/// longer held. Marks that other feeds set stay.</summary>
public sealed class LedgerWithdrawal(ITableStore store)
{
    /// <summary>Safe to repeat, and beside other feeds.</summary>
    public async Task WithdrawAsync(PartitionKey partition, FeedId feed, CancellationToken cancellationToken)
    {
        var log = await new FeedLog(store, partition).ReadAsync(cancellationToken);
        if (log.Find(f => f.Feed == feed) is not { Ordinal: var ordinal }) return;
        var keys = new List<RowKey>();
        foreach (var kind in new[] { LedgerKeys.Pages, LedgerKeys.Sections })
            await foreach (var row in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(kind), cancellationToken)) keys.Add(row.Key);
        foreach (var key in keys)
        {
            while (await store.GetAsync(TableName.Attendance, partition, key, cancellationToken) is { } row)
            {
                var without = key.Parts()[0] == LedgerKeys.Pages ? WithoutMarks(row.Body.Span, ordinal) : SectionRows.Without(row, ordinal);
                if (without is null) break;
                if (await store.CommitAsync(TableName.Attendance, partition, [new RowChange.Replace(key, row.ETag, without)], cancellationToken) is CommitResult.Committed) break;
            }
        }
    }

    /// <returns>Null if the feed holds no mark in the page but unknown.</returns>
    private static byte[]? WithoutMarks(ReadOnlySpan<byte> page, ushort ordinal)
    {
        var unknown = new BatchPage();
        var reader = new LedgerPage.ColumnReader(page);
        while (reader.Read())
            for (var slot = 0; slot < LedgerPage.Width; slot++)
                if (reader.FeedOf(slot) == ordinal) unknown.Name(reader.Index, slot, Mark.Unknown);
        if (unknown.IsEmpty) return null;
        var buffer = ArrayPool<byte>.Shared.Rent(LedgerPage.MaxSize);
        try
        {
            var tally = new MergeTally();
            // Only its own cells are named, so that nothing has to yield to it.
            var size = LedgerPage.Merge(page, unknown, ordinal, [], buffer, ref tally);
            return size == 0 ? null : buffer.AsSpan(0, size).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
