using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Tables;

namespace SchoolSignal.Domain.Calendars;

/// <summary>Reads calendar.csv: <c>date, schoolId, instructional, reason</c>. Only date is needed: without schoolId (or where
/// it is empty) a line holds for every school; without instructional (or where it is empty) the date is a school day, unless
/// a reason is given, as in a list of holidays.</summary>
public static class CalendarCsvReader
{
    private static readonly string[] Yes = ["true", "yes", "y", "1", "t"];
    private static readonly string[] No = ["false", "no", "n", "0", "f"];

    /// <param name="stream">Seekable where dates are not ISO or the text is not UTF-8: it is then read twice. Left open.</param>
    /// <param name="sink">Takes the days and the refused rows.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    public static ReadOutcome Read(Stream stream, CalendarSink sink, CancellationToken cancellationToken)
    {
        var (dates, unsettled) = TableDates.Settle(stream, t => [Columns(t).Date], cancellationToken);
        if (dates is null) return new ReadOutcome.Refused(unsettled!);
        var (table, refused) = CsvTable.Open(stream, cancellationToken);
        if (table is null) return new ReadOutcome.Refused(refused!);
        using (table)
        {
            var (date, school, instructional, reason) = Columns(table);
            if (date < 0) return new ReadOutcome.Refused($"There is no column date. The columns are: {string.Join(", ", table.Headers)}.");
            long rows = 0, guessed = 0;
            while (table.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows++;
                void Refuse(RefusalReason why, string field) => sink.Refuse(new RefusedRow(table.RowNumber, why, field, table.RawRow()));

                if (table.HasInvalidText) { Refuse(RefusalReason.InvalidEncoding, ""); continue; }
                if (table.IsRagged) { Refuse(RefusalReason.RaggedRow, ""); continue; }
                if (table.Field(date).IsEmpty) { Refuse(RefusalReason.MissingDate, "date"); continue; }
                if (!dates.TryParse(table.Field(date), out var day) || !CalendarLines.IsPlausible(day)) { Refuse(RefusalReason.InvalidDate, "date"); continue; }
                SchoolId? of = null;
                if (!table.Field(school).IsEmpty)
                {
                    if (!SchoolId.TryParse(table.Field(school), out var read)) { Refuse(RefusalReason.InvalidSchool, "schoolId"); continue; }
                    of = read;
                }
                var stated = table.Field(instructional);
                bool isInstructional;
                if (Contains(Yes, stated)) isInstructional = true;
                else if (Contains(No, stated)) isInstructional = false;
                else if (stated.IsEmpty) (isInstructional, guessed) = (table.Field(reason).IsEmpty, guessed + 1);
                else { Refuse(RefusalReason.InvalidValue, "instructional"); continue; }
                sink.Day(of, CalendarLines.Day(day, isInstructional, table.Field(reason)));
            }
            if (table.Refused is { } why) return new ReadOutcome.Refused(why);
            return new ReadOutcome.Read(rows, null,
                [table.Concluded, dates.Concluded, school < 0 ? "No schoolId: the dates hold for every school" : "Lines without a schoolId hold for every school"],
                guessed == 0 ? [] : [FormattableString.Invariant($"{guessed} lines do not say whether school is held: those with a reason count as closed, those without as school days")]);
        }
    }

    private static (int Date, int School, int Instructional, int Reason) Columns(CsvTable table) =>
        (table.Column("date", "calendarDate", "day"), table.Column("schoolId", "school"),
            table.Column("instructional", "isInstructional", "schoolDay"), table.Column("reason", "description", "name", "event"));

    private static bool Contains(string[] words, ReadOnlySpan<char> text)
    {
        foreach (var word in words)
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
