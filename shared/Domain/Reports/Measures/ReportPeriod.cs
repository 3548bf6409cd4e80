using System.Globalization;
using SchoolSignal.Domain.Calendars;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>How long a report looks.</summary>
public enum PeriodKind
{
    Week,
    Term,
}

/// <summary>The days a report is about, both inclusive, by the district's calendar dates. A week is Monday to Sunday.</summary>
public readonly record struct ReportPeriod(PeriodKind Kind, DateOnly First, DateOnly Last) : IComparable<ReportPeriod>
{
    private const string WeekPrefix = "week-";
    private const string TermPrefix = "term-";
    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>The week a day lies in.</summary>
    public static ReportPeriod WeekOf(DateOnly day)
    {
        var monday = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
        return new ReportPeriod(PeriodKind.Week, monday, monday.AddDays(6));
    }

    public static ReportPeriod Term(DateOnly first, DateOnly last) =>
        last >= first ? new(PeriodKind.Term, first, last) : throw new ArgumentException("A term ends after it begins.", nameof(last));

    /// <summary>The terms of a school year, in order: the calendar's sessions where it names any that do not overlap, else four
    /// times three months from the year's first day.</summary>
    public static IReadOnlyList<ReportPeriod> TermsOf(SchoolYear year, IReadOnlyList<CalendarSession> sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var terms = new List<ReportPeriod>();
        // The shortest first: a whole-year session beside its own semesters is no term of its own.
        foreach (var session in sessions.Where(s => s.End >= s.Begin).OrderBy(s => s.End.DayNumber - s.Begin.DayNumber).ThenBy(s => s.Begin))
            if (terms.TrueForAll(t => session.Begin > t.Last || session.End < t.First)) terms.Add(Term(session.Begin, session.End));
        if (terms.Count == 0)
            for (var quarter = 0; quarter < 4; quarter++)
                terms.Add(Term(year.FirstDay.AddMonths(3 * quarter), year.FirstDay.AddMonths(3 * (quarter + 1)).AddDays(-1)));
        terms.Sort();
        return terms;
    }

    /// <summary>"week-2026-03-09" or "term-2025-11-01-2026-01-31": names the period in keys and addresses.</summary>
    public string Key => Kind == PeriodKind.Week ? WeekPrefix + Write(First) : $"{TermPrefix}{Write(First)}-{Write(Last)}";

    public static bool TryParse(string? key, out ReportPeriod period)
    {
        period = default;
        if (key is null) return false;
        if (key.StartsWith(WeekPrefix, StringComparison.Ordinal) && key.Length == WeekPrefix.Length + 10
            && TryRead(key.AsSpan(WeekPrefix.Length), out var monday) && monday.DayOfWeek == DayOfWeek.Monday)
        {
            period = WeekOf(monday);
            return true;
        }
        if (!key.StartsWith(TermPrefix, StringComparison.Ordinal) || key.Length != TermPrefix.Length + 21 || key[TermPrefix.Length + 10] != '-'
            || !TryRead(key.AsSpan(TermPrefix.Length, 10), out var first) || !TryRead(key.AsSpan(TermPrefix.Length + 11), out var last) || last < first)
            return false;
        period = Term(first, last);
        return true;
    }

    public static ReportPeriod Parse(string key) => TryParse(key, out var period) ? period : throw new FormatException("Not the key of a period.");

    public bool Contains(DateOnly day) => day >= First && day <= Last;

    public int CompareTo(ReportPeriod other) =>
        Last != other.Last ? Last.CompareTo(other.Last) : First != other.First ? First.CompareTo(other.First) : Kind.CompareTo(other.Kind);

    public override string ToString() => Key;

    public static bool operator <(ReportPeriod left, ReportPeriod right) => left.CompareTo(right) < 0;

    public static bool operator >(ReportPeriod left, ReportPeriod right) => left.CompareTo(right) > 0;

    public static bool operator <=(ReportPeriod left, ReportPeriod right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ReportPeriod left, ReportPeriod right) => left.CompareTo(right) >= 0;

    private static string Write(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    private static bool TryRead(ReadOnlySpan<char> text, out DateOnly date) =>
        DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
