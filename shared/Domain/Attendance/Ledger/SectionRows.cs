using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>The <c>X</c> rows: section events of a block and month, beside its page (docs/adr/0004). Few and small.</summary>
public sealed class SectionRows(ITableStore store, PartitionKey partition)
{
    public async Task WriteAsync(IReadOnlyList<StatedSection> sections, ushort ordinal, bool[] yields, CancellationToken cancellationToken)
    {
        var rows = sections.GroupBy(s => LedgerKeys.Section(LedgerKeys.YearMonth(s.Date), s.SlotIndex / RegisterBlock.Width));
        foreach (var group in rows)
        {
            while (true)
            {
                var row = await store.GetAsync(TableName.Attendance, partition, group.Key, cancellationToken);
                var held = row is { } found ? Read(found) : [];
                var byEvent = held.ToDictionary(e => (e.Slot, e.Day, e.Section));
                var changed = false;
                foreach (var stated in group)
                {
                    var entry = new SectionEntry(
                        (byte)(stated.SlotIndex % RegisterBlock.Width), (byte)stated.Date.Day, stated.Section, stated.Mark.Value, ordinal);
                    var key = (entry.Slot, entry.Day, entry.Section);
                    if (byEvent.TryGetValue(key, out var old))
                    {
                        if (old.Feed != ordinal && !yields[old.Feed]) continue;
                        // Of two statements of one feed the greater absence holds.
                        if (old.Feed == ordinal) entry = entry with { Mark = Mark.Greater(new Mark(old.Mark), stated.Mark).Value };
                        if (old == entry) continue;
                    }
                    byEvent[key] = entry;
                    changed = true;
                }
                if (!changed) break;
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    [.. byEvent.Values.OrderBy(e => e.Slot).ThenBy(e => e.Day).ThenBy(e => e.Section, StringComparer.Ordinal)],
                    SectionJson.Default.ListSectionEntry);
                RowChange change = row is { } known ? new RowChange.Replace(group.Key, known.ETag, body) : new RowChange.Insert(group.Key, body);
                if (await store.CommitAsync(TableName.Attendance, partition, [change], cancellationToken) is CommitResult.Committed) break;
            }
        }
    }

    /// <summary>Section events of a block's row, absences and lates alike.</summary>
    public static IEnumerable<SectionAbsence> Read(TableRow row, int yearMonth) =>
        Read(row).Select(e => new SectionAbsence(e.Slot, new DateOnly(yearMonth / 100, yearMonth % 100, e.Day), e.Section, new Mark(e.Mark)));

    /// <summary>One slot's section events with the feeds that set them.</summary>
    internal static IEnumerable<SetSection> ReadSet(TableRow row, int yearMonth, int slot, Dictionary<ushort, Feeds.FeedId> feeds) =>
        Read(row).Where(e => e.Slot == slot).Select(e => new SetSection(
            new DateOnly(yearMonth / 100, yearMonth % 100, e.Day), e.Section, new Mark(e.Mark), PupilMarks.FeedOf(feeds, e.Feed)));

    private static List<SectionEntry> Read(TableRow row) =>
        JsonSerializer.Deserialize(row.Body.Span, SectionJson.Default.ListSectionEntry) ?? throw new FormatException("A section row is empty.");
}

/// <summary>One-letter names: a row holds a block's month within the limit of a row's size.</summary>
internal sealed record SectionEntry(
    [property: JsonPropertyName("n")] byte Slot, [property: JsonPropertyName("d")] byte Day, [property: JsonPropertyName("s")] string Section,
    [property: JsonPropertyName("m")] byte Mark, [property: JsonPropertyName("f")] ushort Feed);

[JsonSerializable(typeof(List<SectionEntry>))]
internal sealed partial class SectionJson : JsonSerializerContext;
