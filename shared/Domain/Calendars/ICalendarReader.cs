using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Calendars;

/// <summary>How the events of an iCalendar file are understood. Words are looked for in summary and categories, without case.</summary>
/// <param name="School">The school the file is for; null for every school.</param>
public sealed record ICalendarOptions(SchoolId? School = null)
{
    /// <summary>Events with one of these state that school is held, on weekdays.</summary>
    public IReadOnlyList<string> InstructionalWords { get; init; } = ["instructional day", "school day", "make-up day", "makeup day"];

    /// <summary>Events with one of these say nothing of whether school is held.</summary>
    public IReadOnlyList<string> NeutralWords { get; init; } =
    [
        "first day", "last day", "early dismissal", "early release", "late start", "delayed opening", "half day", "exam", "testing",
        "picture day", "photo", "quarter", "semester begins", "semester ends", "term begins", "term ends", "term starts", "resumes",
        "reports home", "report cards", "graduation", "open house", "conference", "parents' evening", "trip", "birthday",
    ];
}

/// <summary>Reads an iCalendar file (RFC 5545) as a list of closures: every event of whole days is one, unless its words say
/// otherwise. Events with a time of day (a concert, an evening) are left aside. The end of an event of whole days is
/// exclusive.</summary>
public static class ICalendarReader
{
    /// <summary>The largest file, in bytes, inclusive: ten thousand events have about 3 MB.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    /// <summary>Dates of one event, its repetitions included; more are left off, and a warning says so.</summary>
    private const int MaxDatesPerEvent = 1000;

    /// <summary>A repetition is followed for this many years from its first date.</summary>
    private const int MaxYears = 5;

    private static readonly EvaluationOptions Evaluation = new() { MaxUnmatchedIncrementsLimit = 1000 };

    public static ReadOutcome Read(Stream stream, ICalendarOptions options, CalendarSink sink, CancellationToken cancellationToken)
    {
        if (Load(stream, out var why) is not { } calendars) return new ReadOutcome.Refused(why);
        var reading = new Reading(options, sink);
        foreach (var calendar in calendars)
        {
            foreach (var item in calendar.Events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reading.Take(item);
            }
        }
        return reading.Outcome();
    }

    private static CalendarCollection? Load(Stream stream, out string why)
    {
        var bytes = new byte[MaxBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        why = length > MaxBytes ? FormattableString.Invariant($"The calendar file is larger than {MaxBytes} bytes.")
            : length == 0 ? "The file is empty."
            : "";
        if (why.Length > 0) return null;
        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes, 0, length));
            var calendars = CalendarCollection.Load(reader);
            if (calendars.Count > 0) return calendars;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The library documents no list of what it throws at a damaged file; whatever it is, the file is the reason.
        }
        why = "The file is not an iCalendar file that can be read: it is cut off or damaged.";
        return null;
    }

    private sealed class Reading(ICalendarOptions options, CalendarSink sink)
    {
        private readonly SortedSet<string> closures = new(StringComparer.Ordinal);
        private readonly SortedSet<string> aside = new(StringComparer.Ordinal);
        private readonly HashSet<DateOnly> closed = [];
        private readonly HashSet<DateOnly> held = [];
        private int number, timed;
        private bool isCut;

        public void Take(CalendarEvent item)
        {
            number++;
            var words = $"{item.Summary} {string.Join(' ', item.Categories)}";
            if (string.Equals(item.Status, "CANCELLED", StringComparison.OrdinalIgnoreCase)) return;
            if (item.DtStart is not { } start) { sink.Refuse(new RefusedRow(number, RefusalReason.MissingDate, "DTSTART", item.Summary ?? "")); return; }
            if (start.HasTime) { timed++; return; }
            var isHeld = HasOne(options.InstructionalWords, words);
            if (!isHeld && HasOne(options.NeutralWords, words)) { Note(aside, item); return; }
            try
            {
                foreach (var date in Dates(item, start)) State(date, isHeld, item.Summary ?? "");
                if (!isHeld) Note(closures, item);
            }
            catch (Exception fault) when (fault is EvaluationException or ArgumentException or InvalidOperationException or FormatException)
            {
                sink.Refuse(new RefusedRow(number, RefusalReason.InvalidDate, "RRULE", item.Summary ?? ""));
            }
        }

        private void State(DateOnly date, bool isHeld, string summary)
        {
            if (!CalendarLines.IsPlausible(date)) return;
            if (isHeld && date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) return;
            // Of one date "school is held" goes before a closure, whichever comes first in the file.
            if (!isHeld && (held.Contains(date) || !closed.Add(date))) return;
            if (isHeld && held.Add(date)) closed.Remove(date);
            sink.Day(options.School, CalendarLines.Day(date, isHeld, isHeld ? "" : summary));
        }

        private IEnumerable<DateOnly> Dates(CalendarEvent item, CalDateTime start)
        {
            var last = start.Date.Year > 9000 ? start.Date : start.Date.AddYears(MaxYears);
            var count = 0;
            foreach (var occurrence in item.GetOccurrences(start, Evaluation))
            {
                var from = occurrence.Period.StartTime.Date;
                if (from > last) yield break;
                var to = occurrence.Period.EffectiveEndTime?.Date ?? from.AddDays(1);
                for (var date = from; date < to || date == from; date = date.AddDays(1))
                {
                    if (++count > MaxDatesPerEvent) { isCut = true; yield break; }
                    yield return date;
                }
            }
        }

        private static void Note(SortedSet<string> list, CalendarEvent item)
        {
            if (list.Count < 12 && item.Summary is { Length: > 0 and < 60 } summary) list.Add(summary);
        }

        private static bool HasOne(IReadOnlyList<string> words, string text) => words.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));

        public ReadOutcome.Read Outcome()
        {
            List<string> concluded =
            [
                FormattableString.Invariant($"iCalendar: {closed.Count} closed dates, {held.Count} school days, from {number} events"),
                "Closed: " + (closures.Count == 0 ? "none" : string.Join(", ", closures)),
            ];
            if (aside.Count > 0) concluded.Add("Left aside, as they do not close the school: " + string.Join(", ", aside));
            if (timed > 0) concluded.Add(FormattableString.Invariant($"{timed} events with a time of day left aside"));
            List<string> warnings = [];
            if (number == 0) warnings.Add("The calendar holds no events");
            if (isCut) warnings.Add(FormattableString.Invariant($"An event repeats on more than {MaxDatesPerEvent} dates: the later ones are left off"));
            return new ReadOutcome.Read(number, null, concluded, warnings);
        }
    }
}
