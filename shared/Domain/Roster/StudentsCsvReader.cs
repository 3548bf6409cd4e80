using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Tables;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Roster;

/// <summary>Reads students.csv: <c>studentUniqueId, schoolId, grade, enrolDate, exitDate, givenName, familyName</c>; all but the
/// first two may be absent. Dates in ISO form or in one other form that the file settles by itself.</summary>
public static class StudentsCsvReader
{
    /// <param name="stream">Seekable where dates are not ISO or the text is not UTF-8: it is then read twice. Left open.</param>
    /// <param name="school">For a file without a schoolId column.</param>
    /// <param name="sink">Takes the pupils and the refused rows.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    public static ReadOutcome Read(Stream stream, SchoolId? school, RosterSink sink, CancellationToken cancellationToken)
    {
        var format = DateFormatVotes.Iso;
        if (stream.CanSeek)
        {
            switch (DateFormatOf(stream, cancellationToken))
            {
                case DateFormatDecision.Ambiguous:
                    return new ReadOutcome.Refused(
                        "The dates could be day/month or month/day, and none of them settles it. Write them as 2025-09-01.");
                case DateFormatDecision.Decided decided:
                    format = decided.Format;
                    break;
            }
            stream.Position = 0;
        }

        var (table, refused) = CsvTable.Open(stream);
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
                Take(table, columns, school, format, sink);
            }
            if (table.Refused is { } why) return new ReadOutcome.Refused(why);
            var unused = columns.Unused(table);
            return new ReadOutcome.Read(rows, null,
                [$"Encoding: {table.Encoding}", $"Dates: {format}"],
                unused.Count == 0 ? [] : [$"Columns not used: {string.Join(", ", unused)}"]);
        }
    }

    private static DateFormatDecision DateFormatOf(Stream stream, CancellationToken cancellationToken)
    {
        var votes = new DateFormatVotes();
        var (table, _) = CsvTable.Open(stream);
        if (table is null) return votes.Decide();
        using (table)
        {
            var columns = new Columns(table);
            while (table.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                votes.Add(table.Field(columns.Entry));
                votes.Add(table.Field(columns.Exit));
            }
        }
        return votes.Decide();
    }

    private static void Take(CsvTable table, Columns columns, SchoolId? fileSchool, string format, RosterSink sink)
    {
        void Refuse(RefusalReason reason, string field) => sink.Refuse(new RefusedRow(table.RowNumber, reason, field, table.RawRow()));

        if (table.IsRagged) { Refuse(RefusalReason.RaggedRow, ""); return; }
        var studentText = table.Field(columns.Student);
        if (studentText.IsEmpty) { Refuse(RefusalReason.MissingStudent, "studentUniqueId"); return; }
        if (!StudentUniqueId.TryParse(studentText, out var student)) { Refuse(RefusalReason.InvalidStudent, "studentUniqueId"); return; }

        var schoolText = table.Field(columns.School);
        SchoolId school;
        if (schoolText.IsEmpty && fileSchool is { } stated) school = stated;
        else if (schoolText.IsEmpty) { Refuse(RefusalReason.MissingSchool, "schoolId"); return; }
        else if (!SchoolId.TryParse(schoolText, out school)) { Refuse(RefusalReason.InvalidSchool, "schoolId"); return; }

        if (!TryDate(table.Field(columns.Entry), format, out var entry)) { Refuse(RefusalReason.InvalidDate, "enrolDate"); return; }
        if (!TryDate(table.Field(columns.Exit), format, out var exit)) { Refuse(RefusalReason.InvalidDate, "exitDate"); return; }
        if (exit < entry) { Refuse(RefusalReason.InvalidDate, "exitDate"); return; }

        sink.Student(new RosterStudent(
            table.RowNumber, student, school, RosterText.Grade(table.Field(columns.Grade)), entry, exit,
            RosterText.Name(table.Field(columns.Given)), RosterText.Name(table.Field(columns.Family))));
    }

    private static bool TryDate(ReadOnlySpan<char> text, string format, out DateOnly? date)
    {
        date = null;
        if (text.IsEmpty) return true;
        if (!DateFormatVotes.TryParse(text, format, out var read)) return false;
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

        public List<string> Unused(CsvTable from) =>
            [.. from.Headers.Where((_, i) => i != Student && i != School && i != Grade && i != Entry && i != Exit && i != Given && i != Family)];
    }
}
