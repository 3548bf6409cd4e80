using System.Globalization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Maps the code value of an Ed-Fi attendance category ("Excused Absence") to a mark; false if the code set does
/// not know it.</summary>
public delegate bool MapCode(ReadOnlySpan<char> code, out Mark mark);

/// <summary>How to read an Ed-Fi attendance file.</summary>
/// <param name="MapCode">The code set, usually <c>ed-fi</c>.</param>
/// <param name="NotBefore">Inclusive; an earlier date is refused as too old. None by default.</param>
/// <param name="NotAfter">Inclusive; a later date is refused as a future date. None by default.</param>
public sealed record EdFiReadOptions(MapCode MapCode, DateOnly? NotBefore = null, DateOnly? NotAfter = null);

/// <summary>Reads StudentSchoolAttendanceEvent and StudentSectionAttendanceEvent (Ed-Fi Data Standard 4 to 6) from bulk XML
/// or from what the ODS/API answers, its <c>/deletes</c> included.</summary>
/// <remarks>
/// No EventDuration means one whole day; less than one (exclusive) with an absent category is a part-day absence.
/// A section event carries its section as LocalCourseCode|SessionName|SectionIdentifier and never changes the register.
/// The reason refines an authorised absence where its words are unambiguous (<see cref="EdFiReason"/>).
/// </remarks>
public static class EdFiAttendanceReader
{
    /// <summary>Hands every event on in file order. Where the outcome is <see cref="ReadOutcome.Refused"/>, the rows handed on
    /// before the fault are void.</summary>
    public static ReadOutcome Read(Stream stream, EdFiReadOptions options, AttendanceRowSink sink, CancellationToken cancellationToken)
    {
        var reading = new Reading(options, sink);
        if (EdFiRecords.Read(stream, reading.Take, cancellationToken) is { } why) return new ReadOutcome.Refused(why);
        return reading.Outcome();
    }

    private sealed class Reading(EdFiReadOptions options, AttendanceRowSink sink)
    {
        private long schoolEvents, sectionEvents, deletes, withoutDuration, statedPresent, refused;
        private readonly SortedDictionary<string, long> ignored = new(StringComparer.Ordinal);

        public void Take(EdFiRecord record)
        {
            var kind = EdFiKinds.Of(record);
            if (kind is not (EdFiKind.SchoolEvent or EdFiKind.SectionEvent))
            {
                if (record.Type is { Length: > 0 } other && ignored.Count < 100) ignored[other] = ignored.GetValueOrDefault(other) + 1;
                else Refuse(record, RefusalReason.InvalidRecord, "");
                return;
            }
            if (record.HasInvalidText) Refuse(record, RefusalReason.InvalidEncoding, "");
            else if (record.IsTooLarge) Refuse(record, RefusalReason.InvalidRecord, "");
            else Decode(record, kind == EdFiKind.SectionEvent);
        }

        private void Decode(EdFiRecord record, bool isSection)
        {
            var student = record.Find("StudentUniqueId");
            if (student.IsEmpty) { Refuse(record, RefusalReason.MissingStudent, "StudentUniqueId"); return; }
            if (!StudentUniqueId.IsValid(student)) { Refuse(record, RefusalReason.InvalidStudent, "StudentUniqueId"); return; }

            var school = record.Find("SchoolReference", "SchoolId");
            if (school.IsEmpty) school = record.Find("SchoolId");
            if (school.Length > SchoolId.MaxLength || HasControl(school)) { Refuse(record, RefusalReason.InvalidSchool, "SchoolId"); return; }

            if (DateFault(record, out var date) is { } dateFault) { Refuse(record, dateFault, "EventDate"); return; }
            if (!TryDuration(record, out var duration)) { Refuse(record, RefusalReason.InvalidValue, "EventDuration"); return; }

            var isDelete = record.HasTop("keyValues");
            var mark = MarkOf(record, duration ?? 1);
            if (isDelete) deletes++;
            else if (isSection) sectionEvents++;
            else schoolEvents++;
            if (!isDelete && duration is null) withoutDuration++;
            if (mark.Category == MarkCategory.Present) statedPresent++;

            sink.Accept(new AttendanceRow
            {
                RowNumber = record.Number,
                StudentUniqueId = student,
                SchoolId = school,
                Date = date,
                Session = SessionOfDay.WholeDay,
                Mark = mark,
                Section = isSection
                    ? record.Join(record.Find("LocalCourseCode"), record.Find("SessionName"), record.Find("SectionIdentifier"))
                    : default,
                IsDelete = isDelete,
            });
        }

        private Mark MarkOf(EdFiRecord record, decimal days)
        {
            var code = record.FindCode("AttendanceEventCategory", "AttendanceEventCategoryDescriptor");
            if (!options.MapCode(code, out var mark))
            {
                sink.UnknownCode(code.ToString());
                return Mark.Unknown;
            }
            if (!mark.IsAbsent) return mark;
            var reason = EdFiReason.Refine(mark.Reason, record.Find("AttendanceEventReason"));
            return new Mark(days < 1 ? MarkCategory.Partial : MarkCategory.Absent, reason);
        }

        private RefusalReason? DateFault(EdFiRecord record, out DateOnly date)
        {
            var text = record.Find("EventDate");
            date = default;
            return text.IsEmpty ? RefusalReason.MissingDate
                : !EdFiValues.TryDate(text, out date) ? RefusalReason.InvalidDate
                : date > options.NotAfter ? RefusalReason.FutureDate
                : date < options.NotBefore ? RefusalReason.TooOldDate
                : null;
        }

        /// <summary>Days, as the school counts the event; null where the file does not say.</summary>
        private static bool TryDuration(EdFiRecord record, out decimal? days)
        {
            days = null;
            var text = record.Find("EventDuration");
            if (text.IsEmpty) return true;
            if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var stated) || stated < 0) return false;
            days = stated;
            return true;
        }

        private void Refuse(EdFiRecord record, RefusalReason reason, string field)
        {
            refused++;
            sink.Refuse(new RefusedRow(record.Number, reason, field, record.ToRawText()));
        }

        public ReadOutcome Outcome()
        {
            var rows = schoolEvents + sectionEvents + deletes + refused;
            if (rows == 0 && ignored.Count > 0)
                return new ReadOutcome.Refused($"The file holds no attendance events, but {Others()}.");
            List<string> concluded =
            [
                Say($"Ed-Fi attendance: {schoolEvents} school events, {sectionEvents} section events, {deletes} deletes"),
                "Exceptions: no event on a covered instructional day means present",
            ];
            if (withoutDuration > 0) concluded.Add(Say($"{withoutDuration} events without EventDuration count as one whole day"));
            List<string> warnings = [];
            if (ignored.Count > 0) warnings.Add($"Not used: {Others()}");
            if (statedPresent > 0)
                warnings.Add(Say($"{statedPresent} events state presence. If this file states every pupil on every day, import it as a register"));
            return new ReadOutcome.Read(rows, FeedKind.Exceptions, concluded, warnings);
        }

        private string Others() => string.Join(", ", ignored.Select(i => Say($"{i.Value} {i.Key}")));

        private static bool HasControl(ReadOnlySpan<char> text)
        {
            foreach (var c in text)
                if (char.IsControl(c)) return true;
            return false;
        }

        private static string Say(FormattableString text) => FormattableString.Invariant(text);
    }
}
