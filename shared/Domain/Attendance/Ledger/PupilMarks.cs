using System.Globalization;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>A mark as the ledger holds it, and the feed that set it.</summary>
public readonly record struct SetMark(DateOnly Date, SessionOfDay Session, Mark Mark, FeedId Feed);

/// <summary>A section event as the ledger holds it, and the feed that set it.</summary>
public readonly record struct SetSection(DateOnly Date, string Section, Mark Mark, FeedId Feed);

/// <summary>Which of some days a feed set the marks of, ascending.</summary>
public sealed record FeedDates(FeedId Feed, IReadOnlyList<DateOnly> Dates);

/// <summary>Everything one school's year holds of a pupil, in order of date; days the calendar leaves out included.</summary>
public sealed record PupilYear(SchoolId School, SchoolYear Year, IReadOnlyList<SetMark> Marks, IReadOnlyList<SetSection> Sections);

/// <summary>Reads one pupil's marks with the feeds behind them, for an explanation or for subject access.</summary>
public sealed class PupilMarks(ITableStore store, LedgerReader ledger, DistrictId district)
{
    /// <summary>Null if the school never had the pupil in that year.</summary>
    public async Task<PupilYear?> ReadAsync(SchoolId school, SchoolYear year, StudentKey student, CancellationToken cancellationToken)
    {
        if (await ledger.FindBlockAsync(school, year, student, cancellationToken) is not { } block) return null;
        var partition = LedgerKeys.Partition(district, school, year);
        if (await SchoolYearHeader.FindAsync(store, partition, cancellationToken) is not { Header.Scheme: var scheme }) return new PupilYear(school, year, [], []);
        var blockRow = await store.GetAsync(TableName.Attendance, partition, LedgerKeys.Block(block), cancellationToken);
        var slot = Array.FindIndex(BlockRow.Read(blockRow!.Value.Body.Span), s => s?.Student == student);
        var feeds = (await new FeedLog(store, partition).ReadAsync(cancellationToken)).ToDictionary(f => f.Ordinal, f => f.Feed);
        var marks = new List<SetMark>();
        var sections = new List<SetSection>();
        for (var month = year.FirstDay; month <= year.LastDay; month = month.AddMonths(1))
        {
            var yearMonth = LedgerKeys.YearMonth(month);
            var page = await store.GetAsync(TableName.Attendance, partition, LedgerKeys.Page(yearMonth, block), cancellationToken);
            if (page is { } held) AddMarks(held.Body.Span, month, slot, scheme, feeds, marks);
            if (await store.GetAsync(TableName.Attendance, partition, LedgerKeys.Section(yearMonth, block), cancellationToken) is { } row)
                sections.AddRange(SectionRows.ReadSet(row, yearMonth, slot, page is { } of ? of.Body.Span : default, feeds));
        }
        return new PupilYear(school, year, marks, sections);
    }

    /// <summary>The feeds that set the pupil's marks on some days, or with <paramref name="bySection"/> the section events.</summary>
    public static IReadOnlyList<FeedDates> FeedsOf(IEnumerable<PupilYear> years, IReadOnlyCollection<DateOnly> dates, bool bySection) =>
    [
        .. years
            .SelectMany(y => bySection ? y.Sections.Select(s => (s.Feed, s.Date)) : y.Marks.Select(m => (m.Feed, m.Date)))
            .Where(m => dates.Contains(m.Date))
            .GroupBy(m => m.Feed, m => m.Date)
            .Select(g => new FeedDates(g.Key, [.. g.Distinct().Order()]))
            .OrderBy(f => f.Dates[0]).ThenBy(f => f.Feed.Value, StringComparer.Ordinal),
    ];

    private static void AddMarks(
        ReadOnlySpan<byte> page, DateOnly month, int slot, SessionScheme scheme, Dictionary<ushort, FeedId> feeds, List<SetMark> marks)
    {
        var reader = new LedgerPage.ColumnReader(page);
        while (reader.Read())
        {
            var ordinal = reader.FeedOf(slot);
            if (ordinal == 0) continue;
            var session = scheme == SessionScheme.WholeDay ? SessionOfDay.WholeDay : reader.Session == 0 ? SessionOfDay.Am : SessionOfDay.Pm;
            marks.Add(new SetMark(new DateOnly(month.Year, month.Month, reader.Day), session, new Mark(reader.Marks[slot]), FeedOf(feeds, ordinal)));
        }
    }

    /// <exception cref="FormatException">The page names a feed that the log does not hold.</exception>
    internal static FeedId FeedOf(Dictionary<ushort, FeedId> feeds, ushort ordinal) => feeds.TryGetValue(ordinal, out var feed)
        ? feed
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"A page names feed {ordinal}, which the school's year does not know."));
}
