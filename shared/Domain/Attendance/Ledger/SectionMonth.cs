using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>The section events of a block's month, and by day of the month the last feed that spoke for all of its pupils' sections,
/// so that what it no longer names is not brought back by an older feed that comes later.</summary>
internal sealed record SectionMonth(
    [property: JsonPropertyName("e")] IReadOnlyList<SectionEntry> Events, [property: JsonPropertyName("c")] IReadOnlyDictionary<byte, ushort> SpokenFor)
{
    public static SectionMonth Empty { get; } = new([], new Dictionary<byte, ushort>());

    public static SectionMonth Read(TableRow row) =>
        JsonSerializer.Deserialize(row.Body.Span, SectionJson.Default.SectionMonth) ?? throw new FormatException("A section row is empty.");

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, SectionJson.Default.SectionMonth);

    /// <summary>The events that stand. A lesson folded from period marks stands as long as the day's mark it was folded into.</summary>
    /// <param name="page">The block's page of the month; empty without one.</param>
    public IReadOnlyList<SectionEntry> Standing(ReadOnlySpan<byte> page)
    {
        if (!Events.Any(e => e.IsFolded)) return Events;
        var held = new HashSet<SectionEntry>();
        var reader = new LedgerPage.ColumnReader(page);
        while (reader.Read())
            foreach (var entry in Events)
                if (entry.IsFolded && entry.Day == reader.Day && entry.Feed == reader.FeedOf(entry.Slot)) held.Add(entry);
        return [.. Events.Where(e => !e.IsFolded || held.Contains(e))];
    }

    /// <summary>Lays over it what a feed states of sections.</summary>
    /// <param name="stated">Of this block and month.</param>
    /// <param name="spokenFor">Days of the month on which the feed speaks for those it does not name.</param>
    /// <param name="yields">By ordinal: whether what that feed said yields to this one.</param>
    /// <returns>This, if nothing changes.</returns>
    public SectionMonth With(IEnumerable<StatedSection> stated, IEnumerable<byte> spokenFor, ushort ordinal, bool[] yields)
    {
        bool Yields(ushort holder) => holder == ordinal || yields[holder];

        var events = Events.ToDictionary(e => (e.Slot, e.Day, e.Section, e.IsFolded));
        var spoken = SpokenFor.ToDictionary();
        var isChanged = false;
        foreach (var day in spokenFor)
        {
            if (spoken.TryGetValue(day, out var speaker) && (speaker == ordinal || !Yields(speaker))) continue;
            spoken[day] = ordinal;
            isChanged = true;
            foreach (var (key, entry) in events)
                if (entry.Day == day && !entry.IsFolded && entry.Feed != ordinal && Yields(entry.Feed)) events.Remove(key);
        }
        foreach (var section in stated)
        {
            var entry = new SectionEntry(
                (byte)(section.SlotIndex % RegisterBlock.Width), (byte)section.Date.Day, section.Section, section.Mark.Value, ordinal, section.IsFolded);
            var key = (entry.Slot, entry.Day, entry.Section, entry.IsFolded);
            // A feed stated later spoke for the day: that it did not name this is its word on it.
            if (!entry.IsFolded && spoken.TryGetValue(entry.Day, out var speaker) && !Yields(speaker)) continue;
            if (events.TryGetValue(key, out var old))
            {
                if (!Yields(old.Feed)) continue;
                // Of two statements of one feed the greater absence holds.
                if (old.Feed == ordinal) entry = entry with { Mark = Attendance.Mark.Greater(new Mark(old.Mark), section.Mark).Value };
                if (old == entry) continue;
            }
            events[key] = entry;
            isChanged = true;
        }
        return isChanged
            ? new SectionMonth([.. events.Values.OrderBy(e => e.Slot).ThenBy(e => e.Day).ThenBy(e => e.Section, StringComparer.Ordinal)], spoken)
            : this;
    }

    /// <summary>It without what a feed has said.</summary>
    public SectionMonth Without(ushort ordinal) => new(
        [.. Events.Where(e => e.Feed != ordinal)], SpokenFor.Where(s => s.Value != ordinal).ToDictionary());
}

/// <summary>One-letter names: a row holds a block's month within the limit of a row's size.</summary>
/// <param name="IsFolded">A lesson of a day's period marks, and no section event of its own.</param>
internal sealed record SectionEntry(
    [property: JsonPropertyName("n")] byte Slot, [property: JsonPropertyName("d")] byte Day, [property: JsonPropertyName("s")] string Section,
    [property: JsonPropertyName("m")] byte Mark, [property: JsonPropertyName("f")] ushort Feed, [property: JsonPropertyName("p")] bool IsFolded = false);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SectionMonth))]
internal sealed partial class SectionJson : JsonSerializerContext;
