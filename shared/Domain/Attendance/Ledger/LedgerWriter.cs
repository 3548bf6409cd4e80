using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>What became of a batch's marks.</summary>
/// <param name="Progress">Takes back the count kept while the batch was under way: commit it with the batch's result.</param>
public sealed record LedgerWriting(MergeTally Tally, RowChange? Progress);

/// <summary>Lays a batch over the stored pages.</summary>
/// <remarks>Each commit of pages carries what it counted, so that a batch which was cut short and comes again counts every
/// mark once: what it set before counts as nothing new.</remarks>
public sealed class LedgerWriter(ITableStore store)
{
    public async Task<LedgerWriting> WriteAsync(PartitionKey partition, FeedStatus feed, BatchSheet sheet, CancellationToken cancellationToken)
    {
        var (logged, yields) = await new FeedLog(store, partition).EnterAsync(feed.Id, feed.StatedAt, feed.ArrivedAt, cancellationToken);
        var key = LedgerKeys.Tally(logged.Ordinal);
        var (counted, version) = await ReadTallyAsync(partition, key, cancellationToken);
        long superseded = 0;
        foreach (var chunk in sheet.Pages().Chunk(ITableStore.MaxChanges - 1))
        {
            while (true)
            {
                var (part, changes) = await MergeAsync(partition, chunk, logged.Ordinal, yields, cancellationToken);
                if (changes.Count > 0)
                {
                    var body = JsonSerializer.SerializeToUtf8Bytes(counted + part, TallyJson.Default.MergeTally);
                    changes.Add(version is { } held ? new RowChange.Replace(key, held, body) : new RowChange.Insert(key, body));
                    if (await store.CommitAsync(TableName.Attendance, partition, changes, cancellationToken) is not CommitResult.Committed committed)
                    {
                        // Another feed changed a page meanwhile: read again and lay this one over what it left.
                        (counted, version) = await ReadTallyAsync(partition, key, cancellationToken);
                        continue;
                    }
                    version = committed.ETags[^1];
                }
                superseded += part.Superseded;
                counted += part;
                break;
            }
        }
        await new SectionRows(store, partition).WriteAsync(sheet, logged.Ordinal, yields, cancellationToken);
        counted.Superseded = superseded;
        return new LedgerWriting(counted, version is { } last ? new RowChange.Delete(key, last) : null);
    }

    private async ValueTask<(MergeTally Tally, ETag? Version)> ReadTallyAsync(PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Attendance, partition, key, cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, TallyJson.Default.MergeTally), row.ETag)
            : (default, null);

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

[JsonSerializable(typeof(MergeTally))]
internal sealed partial class TallyJson : JsonSerializerContext;
