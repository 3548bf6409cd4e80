using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.District;

/// <summary>A school's month, every day of it.</summary>
/// <param name="Schools">Schools of the month's school year.</param>
/// <param name="School">The one shown; null where there is none.</param>
/// <param name="Month">Its first day.</param>
/// <param name="SchoolDays">Of the whole school year.</param>
public sealed record CalendarMonth(
    IReadOnlyList<SchoolId> Schools, SchoolId? School, DateOnly Month, IReadOnlyList<CalendarDay> Days, int SchoolDays, CalendarBasis Basis);

/// <summary>Reads calendars month by month, as screening understands them.</summary>
public sealed class CalendarMonths(
    CalendarStore calendars, SchoolYears years, SchoolRegistry registry, DistrictSettingsStore settings, DistrictId district)
{
    /// <param name="asked">A school nobody knows gives the first there is.</param>
    /// <param name="day">Any day of the month.</param>
    public async Task<CalendarMonth> ReadAsync(SchoolId? asked, DateOnly day, CancellationToken cancellationToken)
    {
        var first = new DateOnly(day.Year, day.Month, 1);
        var year = SchoolYear.Containing(first, (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth);
        var schools = await registry.InYearAsync(year, cancellationToken);
        if (schools.Count == 0) return new CalendarMonth(schools, asked, first, [], 0, CalendarBasis.None);
        var school = asked is { } wanted && schools.Contains(wanted) ? wanted : schools[0];
        var decided = await years.DaysAsync(school, year, null, cancellationToken);
        var stated = (await calendars.GetAsync(district, school, year, cancellationToken))?.Days.ToDictionary(one => one.Date, one => one.Reason) ?? [];
        var days = Enumerable.Range(0, DateTime.DaysInMonth(first.Year, first.Month)).Select(first.AddDays)
            .Select(date => new CalendarDay(date, decided.Days.IndexOf(date) >= 0, stated.GetValueOrDefault(date, "")));
        return new CalendarMonth(schools, school, first, [.. days], decided.Days.Count, decided.Basis);
    }
}
