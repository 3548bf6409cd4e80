using System.Globalization;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>Where a school year lies in the <c>attendance</c> table (design.md, Storage map).</summary>
/// <remarks><c>B|block</c> who sits in which slot · <c>L|month|block</c> ledger pages · <c>X|month|block</c> section
/// absences · <c>T|ordinal</c> what a feed under way has counted so far · <c>D|month</c> school-day totals · <c>F|ordinal</c> the feeds that set marks · <c>Y</c> the year's header ·
/// <c>O</c>, <c>I</c> outbox and inbox.</remarks>
public static class LedgerKeys
{
    public const string Blocks = "B";
    public const string Pages = "L";
    public const string Sections = "X";
    public const string Totals = "D";
    public const string Feeds = "F";

    public static readonly RowKey Header = RowKey.Of("Y");

    public static PartitionKey Partition(DistrictId district, SchoolId school, SchoolYear year) =>
        PartitionKey.Of(district.Value, school.Value, year.ToString());

    public static RowKey Block(int block) => RowKey.Of(Blocks, Number(block));

    public static RowKey Page(int yearMonth, int block) => RowKey.Of(Pages, Number(yearMonth), Number(block));

    public static RowKey Section(int yearMonth, int block) => RowKey.Of(Sections, Number(yearMonth), Number(block));

    public static RowKey DayTotals(int yearMonth) => RowKey.Of(Totals, Number(yearMonth));

    public static RowKey Feed(ushort ordinal) => RowKey.Of(Feeds, ordinal.ToString("D5", CultureInfo.InvariantCulture));

    public static RowKey Tally(ushort ordinal) => RowKey.Of("T", ordinal.ToString("D5", CultureInfo.InvariantCulture));

    /// <summary>Pages of the months, both inclusive, all blocks.</summary>
    public static RowKeyRange PagesOfMonths(int firstYearMonth, int lastYearMonth) =>
        RowKeyRange.Between([Pages], Number(firstYearMonth), Number(lastYearMonth));

    /// <summary>Section events of all months up to one, inclusive.</summary>
    public static RowKeyRange SectionsThrough(int lastYearMonth) =>
        RowKeyRange.Between([Sections], Number(0), Number(lastYearMonth));

    /// <summary>Pages of one month, both blocks inclusive.</summary>
    public static RowKeyRange PagesOf(int yearMonth, int firstBlock, int lastBlock, string kind = Pages) =>
        RowKeyRange.Between([kind, Number(yearMonth)], Number(firstBlock), Number(lastBlock));

    /// <summary>Year and month as one number that sorts: 202509.</summary>
    public static int YearMonth(DateOnly date) => (date.Year * 100) + date.Month;

    public static DateOnly FirstOfMonth(int yearMonth) => new(yearMonth / 100, yearMonth % 100, 1);

    /// <summary>The year-month and block of a page's or section row's key.</summary>
    public static (int YearMonth, int Block) ParsePage(RowKey key)
    {
        var text = key.Value.AsSpan();
        return (int.Parse(text.Slice(2, 6), CultureInfo.InvariantCulture), int.Parse(text[9..], CultureInfo.InvariantCulture));
    }

    private static string Number(int number) => number.ToString("D4", CultureInfo.InvariantCulture);
}
