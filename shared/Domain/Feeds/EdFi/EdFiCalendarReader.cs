using System.Globalization;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Reads Session, CalendarDate and GradingPeriod (Ed-Fi Data Standard 4 to 6) from bulk XML or API JSON.</summary>
/// <remarks>
/// A date is instructional if any calendar of the school says so: a school may keep several (by grade, for single pupils).
/// Grading periods stand in for the sessions of a school that has none.
/// </remarks>
public static class EdFiCalendarReader
{
    /// <summary>Code values of CalendarEventDescriptor on which pupils are taught.</summary>
    private static readonly string[] Open = ["Instructional day", "Make-up day", "Student late arrival/early dismissal"];

    private static readonly string[] Closed =
        ["Holiday", "Non-instructional day", "Teacher only day", "Emergency day", "Weather day", "Strike"];

    public static ReadOutcome Read(Stream stream, CalendarSink sink, CancellationToken cancellationToken)
    {
        var reading = new Reading(sink);
        if (EdFiRecords.Read(stream, reading.Take, cancellationToken) is { } why) return new ReadOutcome.Refused(why);
        return reading.Outcome();
    }

    private sealed class Reading(CalendarSink sink)
    {
        private readonly Dictionary<string, string> schoolOfCalendar = new(StringComparer.Ordinal);
        private readonly HashSet<(SchoolId, DateOnly)> taught = [];
        private readonly HashSet<SchoolId> withSessions = [];
        private readonly List<(SchoolId School, CalendarSession Session)> gradingPeriods = [];
        private readonly SortedSet<string> unclear = new(StringComparer.Ordinal);
        private long sessions, days, refused, others;

        public void Take(EdFiRecord record)
        {
            switch (EdFiKinds.Of(record))
            {
                case EdFiKind.Session: Session(record, "SessionName"); break;
                case EdFiKind.CalendarDate: Date(record); break;
                case EdFiKind.GradingPeriod: Session(record, "GradingPeriodName"); break;
                case EdFiKind.Calendar: Calendar(record); break;
                default:
                    if (record.Type is { Length: > 0 }) others++;
                    else Refuse(record, RefusalReason.InvalidRecord, "");
                    break;
            }
        }

        private void Calendar(EdFiRecord record)
        {
            var id = record.Find("id");
            var school = record.Find("SchoolId");
            if (!id.IsEmpty && !school.IsEmpty) schoolOfCalendar[id.ToString()] = school.ToString();
        }

        private void Session(EdFiRecord record, string nameField)
        {
            if (!TrySchool(record, out var school)) return;
            if (!EdFiValues.TryDate(record.Find("BeginDate"), out var begin)) { Refuse(record, RefusalReason.InvalidDate, "BeginDate"); return; }
            if (!EdFiValues.TryDate(record.Find("EndDate"), out var end)) { Refuse(record, RefusalReason.InvalidDate, "EndDate"); return; }
            int? total = int.TryParse(record.Find("TotalInstructionalDays"), NumberStyles.None, CultureInfo.InvariantCulture, out var stated) ? stated : null;
            var (session, fault) = CalendarLines.Session(record.Find(nameField), begin, end, total);
            if (session is null) { Refuse(record, RefusalReason.InvalidDate, fault); return; }
            if (nameField == "GradingPeriodName")
            {
                gradingPeriods.Add((school, session));
                return;
            }
            sessions++;
            withSessions.Add(school);
            sink.Session(school, session);
        }

        private void Date(EdFiRecord record)
        {
            if (!TrySchool(record, out var school)) return;
            if (!EdFiValues.TryDate(record.Find("Date"), out var date) || !CalendarLines.IsPlausible(date))
            {
                Refuse(record, RefusalReason.InvalidDate, "Date");
                return;
            }
            var events = record.Codes("CalendarEvent", "CalendarEventDescriptor").ToList();
            var isOpen = events.Any(e => Open.Contains(e, StringComparer.OrdinalIgnoreCase));
            var closure = events.FirstOrDefault(e => Closed.Contains(e, StringComparer.OrdinalIgnoreCase));
            if (!isOpen && closure is null)
            {
                unclear.UnionWith(unclear.Count < 20 ? events : []);
                return;
            }
            days++;
            if (isOpen) taught.Add((school, date));
            else if (taught.Contains((school, date))) return;
            sink.Day(school, CalendarLines.Day(date, isOpen, isOpen ? "" : closure));
        }

        private bool TrySchool(EdFiRecord record, out SchoolId school)
        {
            school = default;
            if (record.HasInvalidText || record.IsTooLarge) { Refuse(record, RefusalReason.InvalidRecord, ""); return false; }
            var text = record.Find("SchoolId");
            if (text.IsEmpty && schoolOfCalendar.TryGetValue(record.Find("CalendarReference", "ref").ToString(), out var referred)) text = referred;
            if (text.IsEmpty) { Refuse(record, RefusalReason.MissingSchool, "SchoolId"); return false; }
            if (SchoolId.TryParse(text, out school)) return true;
            Refuse(record, RefusalReason.InvalidSchool, "SchoolId");
            return false;
        }

        private void Refuse(EdFiRecord record, RefusalReason reason, string field)
        {
            refused++;
            sink.Refuse(new RefusedRow(record.Number, reason, field, record.ToRawText()));
        }

        public ReadOutcome Outcome()
        {
            var standIns = gradingPeriods.Where(g => !withSessions.Contains(g.School)).ToList();
            foreach (var (school, period) in standIns) sink.Session(school, period);
            var rows = sessions + days + refused + gradingPeriods.Count;
            if (rows == 0) return new ReadOutcome.Refused("The file holds no sessions, calendar dates or grading periods.");
            List<string> concluded = [FormattableString.Invariant($"Ed-Fi calendar: {sessions} sessions, {days} dates, {gradingPeriods.Count} grading periods")];
            if (standIns.Count > 0) concluded.Add(FormattableString.Invariant($"{standIns.Count} grading periods stand in for the sessions of schools that have none"));
            List<string> warnings = others == 0 ? [] : [FormattableString.Invariant($"{others} records of other kinds are not used")];
            if (unclear.Count > 0)
                warnings.Add($"Dates whose events say neither taught nor closed are left to the sessions: {string.Join(", ", unclear)}");
            return new ReadOutcome.Read(rows, null, concluded, warnings);
        }
    }
}
