using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;

namespace SchoolSignal.Benchmarks.Generation;

/// <summary>Weekdays from 1 September with half-terms, Christmas and Easter left out.</summary>
public static class SyntheticCalendar
{
    public static readonly SchoolYear Year = new(2026);

    private static readonly DateOnly FirstDay = new(2025, 9, 1);
    private static readonly int[] HolidayWeeks = [8, 16, 17, 24, 31, 32];

    /// <param name="closures">A day is dropped with this probability, as a school's own closure.</param>
    public static SchoolDays Days(int count, ref SplitMix64 random, double closures)
    {
        var days = new List<DateOnly>(count);
        for (var offset = 0; days.Count < count; offset++)
        {
            var date = FirstDay.AddDays(offset);
            if (!Year.Contains(date)) throw new ArgumentOutOfRangeException(nameof(count), count, "More days than the year has.");
            if (offset % 7 >= 5 || HolidayWeeks.Contains(offset / 7)) continue;
            if (closures > 0 && random.Chance(closures)) continue;
            days.Add(date);
        }

        return new SchoolDays(days);
    }
}
