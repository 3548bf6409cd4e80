using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>The <c>X</c> rows: section events of a block and month, beside its page (docs/adr/0004). Few and small.</summary>
public sealed class SectionRows(ITableStore store, PartitionKey partition)
{
    /// <summary>Writes what a batch states of sections, row by row under their versions. Safe to repeat.</summary>
    public async Task WriteAsync(BatchSheet sheet, ushort ordinal, bool[] yields, CancellationToken cancellationToken)
    {
        var stated = sheet.Sections.ToLookup(s => LedgerKeys.Section(LedgerKeys.YearMonth(s.Date), s.SlotIndex / RegisterBlock.Width));
        var spokenFor = sheet.DaysSpokenForInSections().ToLookup(LedgerKeys.YearMonth, date => (byte)date.Day);
        var keys = stated.Select(s => s.Key).ToHashSet();
        foreach (var month in spokenFor)
            for (var block = 0; block < sheet.BlockCount; block++) keys.Add(LedgerKeys.Section(month.Key, block));
        foreach (var key in keys)
        {
            var days = spokenFor[LedgerKeys.ParsePage(key).YearMonth];
            while (true)
            {
                var row = await store.GetAsync(TableName.Attendance, partition, key, cancellationToken);
                var held = row is { } found ? SectionMonth.Read(found) : SectionMonth.Empty;
                var month = held.With(stated[key], days, ordinal, yields);
                if (month == held) break;
                RowChange change = row is { } known ? new RowChange.Replace(key, known.ETag, month.Write()) : new RowChange.Insert(key, month.Write());
                if (await store.CommitAsync(TableName.Attendance, partition, [change], cancellationToken) is CommitResult.Committed) break;
            }
        }
    }

    /// <summary>Section events of a block's row that stand, absences and lates alike.</summary>
    /// <param name="page">The block's page of the month; empty without one.</param>
    public static IEnumerable<SectionAbsence> Read(TableRow row, int yearMonth, ReadOnlySpan<byte> page) =>
        SectionMonth.Read(row).Standing(page).Select(e => new SectionAbsence(e.Slot, new DateOnly(yearMonth / 100, yearMonth % 100, e.Day), e.Section, new Mark(e.Mark)));

    /// <summary>One slot's section events that stand, with the feeds that set them.</summary>
    internal static IEnumerable<SetSection> ReadSet(TableRow row, int yearMonth, int slot, ReadOnlySpan<byte> page, Dictionary<ushort, FeedId> feeds) =>
        SectionMonth.Read(row).Standing(page).Where(e => e.Slot == slot).Select(e => new SetSection(
            new DateOnly(yearMonth / 100, yearMonth % 100, e.Day), e.Section, new Mark(e.Mark), PupilMarks.FeedOf(feeds, e.Feed)));

    /// <summary>The row without what a feed has set; null if it has set nothing there.</summary>
    internal static byte[]? Without(TableRow row, ushort ordinal)
    {
        var month = SectionMonth.Read(row);
        return month.Events.Any(e => e.Feed == ordinal) || month.SpokenFor.Values.Contains(ordinal) ? month.Without(ordinal).Write() : null;
    }

    /// <summary>The row without a pupil's events; null if it has none of the slot.</summary>
    internal static byte[]? WithoutSlot(TableRow row, int slot)
    {
        var month = SectionMonth.Read(row);
        return month.Events.Any(e => e.Slot == slot) ? (month with { Events = [.. month.Events.Where(e => e.Slot != slot)] }).Write() : null;
    }
}
