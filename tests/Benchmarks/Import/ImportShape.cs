using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Benchmarks.Import;

/// <summary>A register file: pupils × days, one whole-day row each, over a store that already holds the days before.</summary>
/// <param name="Days">How many instructional days the file states.</param>
public sealed record ImportShape(int Pupils, int Days, int Schools = 200)
{
    /// <summary>Instructional days the store holds before the file comes.</summary>
    public const int HistoryDays = 150;

    public static readonly DateOnly RollFrom = SyntheticCalendar.Year.FirstDay;

    public static readonly ImportShape ManyDays = new(50_000, 20);
    public static readonly ImportShape OneDay = new(1_000_000, 1);
    public static readonly ImportShape TenMillion = new(500_000, 20);

    public long Rows => (long)Pupils * Days;

    public string Name => $"{Pupils}x{Days}";

    public ImportShape Tenth() => this with { Pupils = Pupils / 10 };

    /// <summary>Every school's: the days of the history and those a file may state.</summary>
    public static readonly SchoolDays Calendar = AllDays();

    private static SchoolDays AllDays()
    {
        var unused = new SplitMix64(0);
        return SyntheticCalendar.Days(HistoryDays + 20, ref unused, closures: 0);
    }

    /// <summary>Pupils are dealt out to the schools in turn, so a school's ids are not consecutive.</summary>
    public int SchoolOf(int pupil) => pupil % Schools;

    public static string StudentUniqueId(int pupil) => (1_000_000 + pupil).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static string SchoolId(int school) => (1_001 + school).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
