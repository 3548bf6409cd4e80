using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>A feed that set marks in a school's year: which ordinal stands for it in the pages, and when it was stated.</summary>
public sealed record LoggedFeed(ushort Ordinal, FeedId Feed, DateTimeOffset StatedAt, DateTimeOffset ArrivedAt)
{
    /// <summary>Precedence: the feed's stated time, then its arrival, then the ordinal.</summary>
    public bool YieldsTo(LoggedFeed other) =>
        (StatedAt, ArrivedAt, Ordinal).CompareTo((other.StatedAt, other.ArrivedAt, other.Ordinal)) < 0;
}

/// <summary>The <c>F</c> rows of a school's year.</summary>
public sealed class FeedLog(ITableStore store, PartitionKey partition)
{
    public async Task<List<LoggedFeed>> ReadAsync(CancellationToken cancellationToken)
    {
        var feeds = new List<LoggedFeed>();
        await foreach (var row in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(LedgerKeys.Feeds), cancellationToken))
        {
            var entry = JsonSerializer.Deserialize(row.Body.Span, FeedLogJson.Default.FeedLogEntry)
                ?? throw new FormatException("A feed log row is empty.");
            feeds.Add(new LoggedFeed(
                ushort.Parse(row.Key.Parts()[1], CultureInfo.InvariantCulture), FeedId.Parse(entry.Feed), entry.StatedAt, entry.ArrivedAt));
        }
        return feeds;
    }

    /// <summary>Finds the feed's ordinal or gives it the next one.</summary>
    /// <returns>The feed as logged; by ordinal, whether that feed's marks yield to it; and, for a feed that is new to the year, the
    /// change that logs it: to be committed no later than the first mark.</returns>
    /// <exception cref="InvalidOperationException">65,535 feeds have set marks in one school's year.</exception>
    public async Task<(LoggedFeed Feed, bool[] Yields, RowChange? Log)> EnterAsync(
        FeedId id, DateTimeOffset statedAt, DateTimeOffset arrivedAt, CancellationToken cancellationToken)
    {
        var feeds = await ReadAsync(cancellationToken);
        var known = feeds.Find(f => f.Feed == id);
        RowChange? log = null;
        if (known is null)
        {
            var last = feeds.Count == 0 ? (ushort)0 : feeds[^1].Ordinal;
            if (last == ushort.MaxValue) throw new InvalidOperationException("A school's year has taken in 65,535 feeds.");
            known = new LoggedFeed((ushort)(last + 1), id, statedAt, arrivedAt);
            log = new RowChange.Insert(
                LedgerKeys.Feed(known.Ordinal),
                JsonSerializer.SerializeToUtf8Bytes(new FeedLogEntry(id.Value, statedAt, arrivedAt), FeedLogJson.Default.FeedLogEntry));
            feeds.Add(known);
        }
        var yields = new bool[feeds[^1].Ordinal + 1];
        foreach (var feed in feeds) yields[feed.Ordinal] = feed.YieldsTo(known);
        return (known, yields, log);
    }
}

internal sealed record FeedLogEntry(string Feed, DateTimeOffset StatedAt, DateTimeOffset ArrivedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FeedLogEntry))]
internal sealed partial class FeedLogJson : JsonSerializerContext;
