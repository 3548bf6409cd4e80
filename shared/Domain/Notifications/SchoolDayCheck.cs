using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Which days somebody's schools are open.</summary>
public sealed class SchoolDayCheck(SchoolYears years, DistrictSettingsStore settings)
{
    /// <summary>Whether any of the schools is open on a day from <paramref name="from"/> on. Where no calendar reaches, weekdays count.</summary>
    public async Task<Func<DateOnly, bool>> OfAsync(IReadOnlySet<SchoolId> schools, DateOnly from, CancellationToken cancellationToken)
    {
        var firstMonth = (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth;
        var calendars = new List<(SchoolYear Year, SchoolDays Days)>();
        var year = SchoolYear.Containing(from, firstMonth);
        foreach (var school in schools)
        {
            calendars.Add((year, (await years.DaysAsync(school, year, null, cancellationToken)).Days));
            var next = new SchoolYear(year.EndYear + 1, firstMonth);
            calendars.Add((next, (await years.DaysAsync(school, next, null, cancellationToken)).Days));
        }
        return day =>
        {
            var known = calendars.Where(c => c.Days.Count > 0 && day <= c.Days[^1] && day >= c.Days[0]).ToList();
            return known.Count > 0
                ? known.Exists(c => c.Days.IndexOf(day) >= 0)
                : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
        };
    }

    /// <summary>How many school days of the school lie after the first date, up to and including the second.</summary>
    public async Task<int> CountAsync(SchoolId school, DateOnly after, DateOnly to, CancellationToken cancellationToken)
    {
        var isOpen = await OfAsync(new HashSet<SchoolId> { school }, after, cancellationToken);
        var count = 0;
        for (var day = after.AddDays(1); day <= to; day = day.AddDays(1))
            if (isOpen(day)) count++;
        return count;
    }
}
