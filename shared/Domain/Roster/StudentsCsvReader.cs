using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Tables;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Roster;

/// <summary>Reads students.csv: <c>studentUniqueId, schoolId, grade, enrolDate, exitDate, givenName, familyName, classes</c>; all but the
/// first two may be absent. Dates in ISO form or in one other form that the file settles by itself.</summary>
public static class StudentsCsvReader
{
    /// <param name="stream">Seekable where dates are not ISO or the text is not UTF-8: it is then read twice. Left open.</param>
    /// <param name="school">For a file without a schoolId column.</param>
    /// <param name="sink">Takes the pupils and the refused rows.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    public static ReadOutcome Read(Stream stream, SchoolId? school, RosterSink sink, CancellationToken cancellationToken)
    {
        var (dates, unsettled) = TableDates.Settle(stream, Columns.Dates, cancellationToken);
        if (dates is null) return new ReadOutcome.Refused(unsettled!);
        var (table, refused) = CsvTable.Open(stream, cancellationToken);
        if (table is null) return new ReadOutcome.Refused(refused!);
        using (table)
        {
            var columns = new Columns(table);
            if (columns.Student < 0) return new ReadOutcome.Refused($"There is no column studentUniqueId. The columns are: {string.Join(", ", table.Headers)}.");
            if (columns.School < 0 && school is null) return new ReadOutcome.Refused($"There is no column schoolId. The columns are: {string.Join(", ", table.Headers)}.");
            long rows = 0;
            while (table.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows++;
                Take(table, columns, school, dates, sink);
            }
            if (table.Refused is { } why) return new ReadOutcome.Refused(why);
            var unused = columns.Unused(table);
            return new ReadOutcome.Read(rows, null,
                [table.Concluded, dates.Concluded],
                unused.Count == 0 ? [] : [$"Columns not used: {string.Join(", ", unused)}"]);
        }
    }

    private static void Take(CsvTable table, Columns columns, SchoolId? fileSchool, TableDates dates, RosterSink sink)
    {
        void Refuse(RefusalReason reason, string field) => sink.Refuse(new RefusedRow(table.RowNumber, reason, field, table.RawRow()));

        if (table.HasInvalidText) { Refuse(RefusalReason.InvalidEncoding, ""); return; }
        if (table.IsRagged) { Refuse(RefusalReason.RaggedRow, ""); return; }
        var studentText = table.Field(columns.Student);
        if (studentText.IsEmpty) { Refuse(RefusalReason.MissingStudent, "studentUniqueId"); return; }
        if (!StudentUniqueId.TryParse(studentText, out var student)) { Refuse(RefusalReason.InvalidStudent, "studentUniqueId"); return; }

        var schoolText = table.Field(columns.School);
        SchoolId school;
        if (schoolText.IsEmpty && fileSchool is { } stated) school = stated;
        else if (schoolText.IsEmpty) { Refuse(RefusalReason.MissingSchool, "schoolId"); return; }
        else if (!SchoolId.TryParse(schoolText, out school)) { Refuse(RefusalReason.InvalidSchool, "schoolId"); return; }

        if (!TryDate(table.Field(columns.Entry), dates, out var entry)) { Refuse(RefusalReason.InvalidDate, "enrolDate"); return; }
        if (!TryDate(table.Field(columns.Exit), dates, out var exit)) { Refuse(RefusalReason.InvalidDate, "exitDate"); return; }
        if (exit < entry) { Refuse(RefusalReason.InvalidDate, "exitDate"); return; }

        sink.Student(new RosterStudent(
            table.RowNumber, student, school, RosterText.Grade(table.Field(columns.Grade)), entry, exit,
            RosterText.Name(table.Field(columns.Given)), RosterText.Name(table.Field(columns.Family))));
        foreach (var part in table.Field(columns.Classes).Split(';'))
            if (table.Field(columns.Classes)[part].Trim() is { IsEmpty: false } of) sink.Place(new RosterPlace(student.Value, of.ToString(), school, false, entry, exit));
    }

    private static bool TryDate(ReadOnlySpan<char> text, TableDates dates, out DateOnly? date)
    {
        date = null;
        if (text.IsEmpty) return true;
        if (!dates.TryParse(text, out var read)) return false;
        date = read;
        return true;
    }

    private sealed class Columns(CsvTable table)
    {
        public int Student { get; } = table.Column("studentUniqueId", "studentId", "pupilId", "upn");

        public int School { get; } = table.Column("schoolId", "school");

        public int Grade { get; } = table.Column("grade", "gradeLevel", "yearGroup");

        public int Entry { get; } = table.Column("enrolDate", "enrollDate", "enrolmentDate", "enrollmentDate", "entryDate", "startDate");

        public int Exit { get; } = table.Column("exitDate", "withdrawDate", "leavingDate", "endDate");

        public int Given { get; } = table.Column("givenName", "firstName", "forename");

        public int Family { get; } = table.Column("familyName", "lastName", "surname");

        public int Classes { get; } = table.Column("classes", "class", "sections");

        public static int[] Dates(CsvTable table) => [new Columns(table).Entry, new Columns(table).Exit];

        public List<string> Unused(CsvTable from) =>
            [.. from.Headers.Where((_, i) => i != Student && i != School && i != Grade && i != Entry && i != Exit && i != Given && i != Family && i != Classes)];
    }
}
