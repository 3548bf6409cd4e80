using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Calendars;

/// <summary>What every calendar reader checks before it hands a line on.</summary>
internal static class CalendarLines
{
    private const int MaxNameLength = 60;

    /// <summary>Inclusive. A session is a term or at most a school year with its summer.</summary>
    private const int MaxSessionDays = 400;

    private static readonly DateOnly Earliest = new(1950, 1, 1);
    private static readonly DateOnly Latest = new(2199, 12, 31);

    public static bool IsPlausible(DateOnly date) => date >= Earliest && date <= Latest;

    public static CalendarDay Day(DateOnly date, bool isInstructional, ReadOnlySpan<char> reason) =>
        new(date, isInstructional, Clean(reason, CalendarDay.MaxReasonLength));

    /// <summary>The session, or the field at fault.</summary>
    public static (CalendarSession? Session, string Field) Session(ReadOnlySpan<char> name, DateOnly begin, DateOnly end, int? total) =>
        !IsPlausible(begin) ? (null, "BeginDate")
        : !IsPlausible(end) || end < begin || end.DayNumber - begin.DayNumber >= MaxSessionDays ? (null, "EndDate")
        : (new CalendarSession(name.IsEmpty ? FormattableString.Invariant($"{begin:yyyy-MM-dd}") : Clean(name, MaxNameLength), begin, end, total is > 0 ? total : null), "");

    private static string Clean(ReadOnlySpan<char> text, int length)
    {
        var clean = string.Concat(text.Trim().ToString().Where(c => !char.IsControl(c)));
        return clean.Length <= length ? clean : clean[..length].TrimEnd();
    }
}
