using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Reads StudentSchoolAssociation (enrolments) and Student (names) from Ed-Fi bulk XML or API JSON, deletes included.
/// Entry and exit dates are taken as the first and the last day on roll.</summary>
public static class EdFiRosterReader
{
    public static ReadOutcome Read(Stream stream, RosterSink sink, CancellationToken cancellationToken)
    {
        var reading = new Reading(sink);
        if (EdFiRecords.Read(stream, reading.Take, cancellationToken) is { } why) return new ReadOutcome.Refused(why);
        return reading.Outcome();
    }

    private sealed class Reading(RosterSink sink)
    {
        private long enrollments, names, deletes, refused, others;

        public void Take(EdFiRecord record)
        {
            var kind = EdFiKinds.Of(record);
            if (kind is not (EdFiKind.Enrollment or EdFiKind.Student))
            {
                if (record.Type is { Length: > 0 }) others++;
                else Refuse(record, RefusalReason.InvalidRecord, "");
                return;
            }
            if (record.HasInvalidText) { Refuse(record, RefusalReason.InvalidEncoding, ""); return; }
            if (record.IsTooLarge) { Refuse(record, RefusalReason.InvalidRecord, ""); return; }

            var text = record.Find("StudentUniqueId");
            if (text.IsEmpty) { Refuse(record, RefusalReason.MissingStudent, "StudentUniqueId"); return; }
            if (!StudentUniqueId.TryParse(text, out var student)) { Refuse(record, RefusalReason.InvalidStudent, "StudentUniqueId"); return; }
            if (kind == EdFiKind.Enrollment) Enrollment(record, student);
            else Name(record, student);
        }

        private void Name(EdFiRecord record, StudentUniqueId student)
        {
            if (record.HasTop("keyValues"))
            {
                deletes++;
                sink.Delete(new RosterDelete(record.Number, student, null, null));
                return;
            }
            names++;
            sink.Name(new RosterName(record.Number, student, RosterText.Name(record.Find("FirstName")), RosterText.Name(record.Find("LastSurname"))));
        }

        private void Enrollment(EdFiRecord record, StudentUniqueId student)
        {
            var text = record.Find("SchoolReference", "SchoolId");
            if (text.IsEmpty) text = record.Find("SchoolId");
            if (text.IsEmpty) { Refuse(record, RefusalReason.MissingSchool, "SchoolId"); return; }
            if (!SchoolId.TryParse(text, out var school)) { Refuse(record, RefusalReason.InvalidSchool, "SchoolId"); return; }

            var entryText = record.Find("EntryDate");
            if (entryText.IsEmpty) { Refuse(record, RefusalReason.MissingDate, "EntryDate"); return; }
            if (!EdFiValues.TryDate(entryText, out var entry)) { Refuse(record, RefusalReason.InvalidDate, "EntryDate"); return; }
            DateOnly? exit = null;
            if (record.Find("ExitWithdrawDate") is { IsEmpty: false } exitText)
            {
                if (!EdFiValues.TryDate(exitText, out var read) || read < entry) { Refuse(record, RefusalReason.InvalidDate, "ExitWithdrawDate"); return; }
                exit = read;
            }

            if (record.HasTop("keyValues"))
            {
                deletes++;
                sink.Delete(new RosterDelete(record.Number, student, school, entry));
                return;
            }
            enrollments++;
            sink.Student(new RosterStudent(
                record.Number, student, school, RosterText.Grade(record.FindCode("EntryGradeLevel", "EntryGradeLevelDescriptor")), entry, exit, "", ""));
        }

        private void Refuse(EdFiRecord record, RefusalReason reason, string field)
        {
            refused++;
            sink.Refuse(new RefusedRow(record.Number, reason, field, record.ToRawText()));
        }

        public ReadOutcome Outcome()
        {
            var rows = enrollments + names + deletes + refused;
            if (rows == 0) return new ReadOutcome.Refused("The file holds no StudentSchoolAssociation and no Student records.");
            return new ReadOutcome.Read(rows, null,
                [FormattableString.Invariant($"Ed-Fi roster: {enrollments} enrolments, {names} names, {deletes} deletes")],
                others > 0 ? [FormattableString.Invariant($"Not used: {others} records of other kinds")] : []);
        }
    }
}
