using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>Lays a batch over the stored pages.</summary>
/// <remarks>A batch is one commit where it fits: the feed's entry in the year's log and header, the pages, and the row that
/// says it is done. Where it does not fit, each commit of pages carries what it counted, so that a batch which was cut short
/// and comes again counts every mark once: what it set before counts as nothing new.</remarks>
public sealed class LedgerWriter(ITableStore store)
{
    // The year's header, the feed's log entry, the tally and the row that says done go with the pages.
    private const int PagesPerCommit = ITableStore.MaxChanges - 4;

    /// <param name="header">The year's header as this feed widens it; null if it need not change.</param>
    /// <param name="done">From what became of the marks, the row that says the batch is done; committed with the last of them.</param>
    /// <returns>What became of the marks; null if somebody else changed the year meanwhile: read again and lay the batch out anew.
    /// </returns>
    public async Task<MergeTally?> WriteAsync(
        PartitionKey partition, FeedStatus feed, BatchSheet sheet, RowChange? header, Func<MergeTally, RowChange> done, CancellationToken cancellationToken)
    {
        var log = new FeedLog(store, partition);
        var changes = new List<RowChange>(ITableStore.MaxChanges);
        if (header is not null) changes.Add(header);
        LoggedFeed? logged = null;
        bool[] yields = [];
        var counted = new MergeTally();
        ETag? version = null;
        long superseded = 0;

        foreach (var chunk in sheet.Pages().Chunk(PagesPerCommit))
        {
            // Room is kept for the tally and the row that says done.
            if (changes.Count + chunk.Length > ITableStore.MaxChanges - 2 && !await CommitPartAsync()) return null;
            var stored = await ReadAsync(partition, chunk, cancellationToken);
            // Looked at after the pages: whoever set a mark in them stands in the log.
            if (!await EnterAsync()) return null;
            var part = Merge(stored, chunk, logged!.Ordinal, yields, changes);
            superseded += part.Superseded;
            counted += part;
        }
        if (logged is null) await EnterAsync();
        if (sheet.Sections.Count > 0 || sheet.SectionsCovered is not null)
        {
            if (changes.Count > 0 && !await CommitPartAsync()) return null;
            await new SectionRows(store, partition).WriteAsync(sheet, logged!.Ordinal, yields, cancellationToken);
        }

        counted.Superseded = superseded;
        if (version is { } last) changes.Add(new RowChange.Delete(LedgerKeys.Tally(logged!.Ordinal), last));
        changes.Add(done(counted));
        return await store.CommitAsync(TableName.Attendance, partition, changes, cancellationToken) is CommitResult.Committed ? counted : null;

        async Task<bool> EnterAsync()
        {
            (var known, yields, var entry) = await log.EnterAsync(feed.Id, feed.StatedAt, feed.ArrivedAt, cancellationToken);
            if (logged is null)
            {
                logged = known;
                // A feed that is new to the year has counted nothing yet.
                if (entry is null) (counted, version) = await ReadTallyAsync(partition, LedgerKeys.Tally(known.Ordinal), cancellationToken);
                else changes.Add(entry);
            }
            return known.Ordinal == logged.Ordinal;
        }

        async Task<bool> CommitPartAsync()
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(counted, TallyJson.Default.MergeTally);
            var key = LedgerKeys.Tally(logged!.Ordinal);
            changes.Add(version is { } held ? new RowChange.Replace(key, held, body) : new RowChange.Insert(key, body));
            if (await store.CommitAsync(TableName.Attendance, partition, changes, cancellationToken) is not CommitResult.Committed committed) return false;
            version = committed.ETags[^1];
            changes.Clear();
            return true;
        }
    }

    private async ValueTask<(MergeTally Tally, ETag? Version)> ReadTallyAsync(PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Attendance, partition, key, cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, TallyJson.Default.MergeTally), row.ETag)
            : (default, null);

    private static MergeTally Merge(
        Dictionary<RowKey, TableRow> stored, (int YearMonth, int Block, BatchPage Page)[] chunk, ushort ordinal, bool[] yields, List<RowChange> changes)
    {
        var tally = new MergeTally();
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
        return tally;
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
