using System.Buffers;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>Lays a batch over the stored pages.</summary>
public sealed class LedgerWriter(ITableStore store)
{
    /// <returns>What became of the marks.</returns>
    public async Task<MergeTally> WriteAsync(PartitionKey partition, FeedStatus feed, BatchSheet sheet, CancellationToken cancellationToken)
    {
        var (logged, yields) = await new FeedLog(store, partition).EnterAsync(feed.Id, feed.StatedAt, feed.ArrivedAt, cancellationToken);
        var tally = new MergeTally();
        foreach (var chunk in sheet.Pages().Chunk(ITableStore.MaxChanges))
        {
            MergeTally added;
            while (true)
            {
                var (part, changes) = await MergeAsync(partition, chunk, logged.Ordinal, yields, cancellationToken);
                added = part;
                if (changes.Count == 0) break;
                // Another feed changed a page meanwhile: read again and lay this one over what it left.
                if (await store.CommitAsync(TableName.Attendance, partition, changes, cancellationToken) is CommitResult.Committed) break;
            }
            tally.Changed += added.Changed;
            tally.Unchanged += added.Unchanged;
            tally.Superseded += added.Superseded;
            tally.Filled += added.Filled;
        }
        await new SectionRows(store, partition).WriteAsync(sheet.Sections, logged.Ordinal, yields, cancellationToken);
        return tally;
    }

    private async Task<(MergeTally Tally, List<RowChange> Changes)> MergeAsync(
        PartitionKey partition, (int YearMonth, int Block, BatchPage Page)[] chunk, ushort ordinal, bool[] yields, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(partition, chunk, cancellationToken);
        var tally = new MergeTally();
        var changes = new List<RowChange>(chunk.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(LedgerPage.MaxSize);
        foreach (var (yearMonth, block, page) in chunk)
        {
            var key = LedgerKeys.Page(yearMonth, block);
            var held = stored.TryGetValue(key, out var row);
            var size = LedgerPage.Merge(held ? row.Body.Span : default, page, ordinal, yields, buffer, ref tally);
            if (size == 0) continue;
            var body = buffer.AsSpan(0, size).ToArray();
            changes.Add(held ? new RowChange.Replace(key, row.ETag, body) : new RowChange.Insert(key, body));
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return (tally, changes);
    }

    /// <summary>One range read where the chunk wants most of it, single reads where it wants a few pages.</summary>
    private async Task<Dictionary<RowKey, TableRow>> ReadAsync(PartitionKey partition, (int YearMonth, int Block, BatchPage Page)[] chunk, CancellationToken cancellationToken)
    {
        const int Few = 8;
        var rows = new Dictionary<RowKey, TableRow>(chunk.Length);
        foreach (var month in chunk.GroupBy(c => c.YearMonth))
        {
            var blocks = month.Select(c => c.Block).ToList();
            if (blocks.Count <= Few && blocks[^1] - blocks[0] >= blocks.Count)
            {
                foreach (var block in blocks)
                    if (await store.GetAsync(TableName.Attendance, partition, LedgerKeys.Page(month.Key, block), cancellationToken) is { } row)
                        rows[row.Key] = row;
                continue;
            }
            var range = LedgerKeys.PagesOf(month.Key, blocks[0], blocks[^1]);
            await foreach (var row in store.QueryAsync(TableName.Attendance, partition, range, cancellationToken))
                rows[row.Key] = row;
        }
        return rows;
    }
}
