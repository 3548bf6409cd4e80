using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>What holds for a school's whole year: how its day is recorded, fixed by the first feed, and the days its feeds
/// have covered, from the first to the last.</summary>
public sealed record SchoolYearHeader(SessionScheme Scheme, Coverage? Covered)
{
    /// <summary>The header as stored, or null before the first feed.</summary>
    public static async ValueTask<(SchoolYearHeader Header, ETag ETag)?> FindAsync(ITableStore store, PartitionKey partition, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Attendance, partition, LedgerKeys.Header, cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, SchoolYearHeaderJson.Default.SchoolYearHeader)!, row.ETag)
            : null;

    /// <summary>The change that takes the days a feed covers into the header, making it if it is the year's first; null if the
    /// header says so already.</summary>
    /// <param name="held">As <see cref="FindAsync"/> found it.</param>
    public static RowChange? Enter((SchoolYearHeader Header, ETag ETag)? held, SessionScheme schemeIfFirst, Coverage covers)
    {
        var header = held?.Header ?? new SchoolYearHeader(schemeIfFirst, null);
        var widened = header with { Covered = Widen(header.Covered, covers) };
        if (held is { } known && widened == known.Header) return null;
        var body = JsonSerializer.SerializeToUtf8Bytes(widened, SchoolYearHeaderJson.Default.SchoolYearHeader);
        return held is { ETag: var etag } ? new RowChange.Replace(LedgerKeys.Header, etag, body) : new RowChange.Insert(LedgerKeys.Header, body);
    }

    private static Coverage Widen(Coverage? held, Coverage covers) => held is { } h
        ? new Coverage(h.From < covers.From ? h.From : covers.From, h.To > covers.To ? h.To : covers.To)
        : covers;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SchoolYearHeader))]
internal sealed partial class SchoolYearHeaderJson : JsonSerializerContext;
