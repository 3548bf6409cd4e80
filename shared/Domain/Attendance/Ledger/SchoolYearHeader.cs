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

    /// <summary>Takes the days a feed covers into the header, making it if it is the year's first.</summary>
    public static async Task<SchoolYearHeader> EnterAsync(
        ITableStore store, PartitionKey partition, SessionScheme schemeIfFirst, Coverage covers, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await FindAsync(store, partition, cancellationToken);
            var header = found?.Header ?? new SchoolYearHeader(schemeIfFirst, null);
            var widened = header with { Covered = Widen(header.Covered, covers) };
            if (found is not null && widened == header) return header;
            var body = JsonSerializer.SerializeToUtf8Bytes(widened, SchoolYearHeaderJson.Default.SchoolYearHeader);
            RowChange change = found is { } known
                ? new RowChange.Replace(LedgerKeys.Header, known.ETag, body)
                : new RowChange.Insert(LedgerKeys.Header, body);
            if (await store.CommitAsync(TableName.Attendance, partition, [change], cancellationToken) is CommitResult.Committed) return widened;
        }
    }

    private static Coverage Widen(Coverage? held, Coverage covers) => held is { } h
        ? new Coverage(h.From < covers.From ? h.From : covers.From, h.To > covers.To ? h.To : covers.To)
        : covers;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SchoolYearHeader))]
internal sealed partial class SchoolYearHeaderJson : JsonSerializerContext;
