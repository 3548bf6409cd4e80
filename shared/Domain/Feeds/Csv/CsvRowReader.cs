using System.Globalization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Turns the records of one file into rows for the sink: checks a record's form, then its fields, and hands it on or
/// refuses it.</summary>
internal sealed class CsvRowReader
{
    /// <summary>Inclusive: a row that counts this much absence or more is an absent day; less of it, a partial one.</summary>
    private const decimal WholeDay = 1m;

    private const int MaxUnknownCodes = 1000;
    private const int MaxShownCode = 60;

    private readonly CsvLayout layout;
    private readonly AttendanceRowSink sink;
    private readonly CsvColumns columns;
    private readonly SessionWords sessions;
    private readonly int[] usedColumns;
    private readonly DateFormat[] dateFormats;
    private readonly int student, school, date, session, period, section, code, reason, codeAm, codePm, coversFrom, coversTo;
    private readonly Dictionary<string, string> unknownCodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> unknownBySpan;
    private readonly LastText<DateOnly> lastDate = new();
    private readonly LastText<SessionOfDay> lastSession = new();
    private bool sawPresent;
    private DateOnly? from;
    private DateOnly? to;

    public CsvRowReader(CsvLayout layout, AttendanceRowSink sink)
    {
        (this.layout, this.sink, columns) = (layout, sink, layout.Columns);
        dateFormats = [.. layout.DateFormats];
        sessions = new SessionWords(layout.Profile.Sessions);
        usedColumns = [.. Enum.GetValues<CsvField>().Where(columns.Has).Select(field => columns[field])];
        (student, school, date) = (columns[CsvField.Student], columns[CsvField.School], columns[CsvField.Date]);
        (session, period) = columns.StatesSessions ? (columns[CsvField.Session], columns[CsvField.Period]) : (-1, -1);
        // A mark of a period belongs to the day; only without periods does a section make it a section's own event.
        section = period >= 0 ? -1 : columns[CsvField.Section];
        (code, reason) = (columns[CsvField.Code], columns[CsvField.Reason]);
        (codeAm, codePm) = (columns[CsvField.CodeAm], columns[CsvField.CodePm]);
        (coversFrom, coversTo) = (columns[CsvField.CoversFrom], columns[CsvField.CoversTo]);
        unknownBySpan = unknownCodes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What the file's own coverage columns state; null without them.</summary>
    public Coverage? Coverage => from is { } first && to is { } last && first <= last ? new Coverage(first, last) : null;

    public IReadOnlyList<string> Warnings(long rows) => rows > 0 && !sawPresent && layout.Profile.Kind is null
        ? ["No row says that a pupil was present. If the file states absences only, send it as kind exceptions; as a register, everyone it does not name stays unknown."]
        : [];

    /// <summary>False if the record was nothing but empty fields, as spreadsheets leave them behind.</summary>
    public bool Take(CsvRecordReader record, CsvStep step)
    {
        switch (step)
        {
            case CsvStep.BrokenQuote:
                return Refuse(record, RefusalReason.UnterminatedQuote, "");
            case CsvStep.TooLong:
                return Refuse(record, RefusalReason.InvalidRecord, "");
        }
        if (record.SpansLines && HidesRows(record))
        {
            record.TakeFirstLineOnly();
            return Refuse(record, RefusalReason.UnterminatedQuote, "");
        }
        if (record.FieldCount != columns.Header.Count && !HasOnlyEmptyExtras(record))
            return IsEmpty(record) ? false : Refuse(record, RefusalReason.RaggedRow, "");
        if (record.SawOddities && FindOddity(record, out var oddity, out var where)) return Refuse(record, oddity, where);
        return TakeFields(record);
    }

    private bool TakeFields(CsvRecordReader record)
    {
        var row = record.Line;
        var who = Value(record[student]);
        if (who.IsEmpty) return IsEmpty(record) ? false : Refuse(record, RefusalReason.MissingStudent, student);
        if (!StudentUniqueId.IsValid(who)) return Refuse(record, RefusalReason.InvalidStudent, student);
        var where = school >= 0 ? Value(record[school]) : default;
        if (school >= 0 && where.IsEmpty) return Refuse(record, RefusalReason.MissingSchool, school);
        if (where.Length > SchoolId.MaxLength || where.ContainsAnyInRange('\0', '\u001F')) return Refuse(record, RefusalReason.InvalidSchool, school);
        var dateText = Value(record[date]);
        if (dateText.IsEmpty) return Refuse(record, RefusalReason.MissingDate, date);
        if (!TryDate(dateText, out var day)) return Refuse(record, RefusalReason.InvalidDate, date);
        if (coversFrom >= 0 && coversTo >= 0) TakeCoverage(record);

        var whichSession = SessionOfDay.WholeDay;
        byte whichPeriod = 0;
        if ((session >= 0 || period >= 0) && !TrySession(record, out whichSession, out whichPeriod))
            return Refuse(record, RefusalReason.InvalidSession, session >= 0 && period < 0 ? session : period);
        switch (columns.Shape)
        {
            case CsvShape.AmAndPm:
                Accept(row, who, where, day, SessionOfDay.Am, 0, default, MarkOf(record[codeAm], default));
                Accept(row, who, where, day, SessionOfDay.Pm, 0, default, MarkOf(record[codePm], default));
                return true;
            case CsvShape.Counts:
                if (!TryCounts(record, out var counted, out var faulty)) return Refuse(record, RefusalReason.InvalidValue, faulty);
                Accept(row, who, where, day, whichSession, whichPeriod, default, counted);
                return true;
            default:
                var mark = MarkOf(record[code], reason >= 0 ? record[reason] : default);
                Accept(row, who, where, day, whichSession, whichPeriod, section >= 0 ? Value(record[section]) : default, mark);
                return true;
        }
    }

    private void Accept(
        int row, ReadOnlySpan<char> who, ReadOnlySpan<char> where, DateOnly day, SessionOfDay whichSession, byte whichPeriod,
        ReadOnlySpan<char> whichSection, Mark mark)
    {
        sawPresent |= mark.Category == MarkCategory.Present;
        sink.Accept(new AttendanceRow
        {
            RowNumber = row,
            StudentUniqueId = who,
            SchoolId = where,
            Date = day,
            Session = whichSession,
            Period = whichPeriod,
            Mark = mark,
            Section = whichSection,
        });
    }

    private static ReadOnlySpan<char> Value(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return !text.IsEmpty && text[0] is '=' or '\'' ? SpreadsheetText.Unwrap(text) : text;
    }

    /// <summary>Files are in date order more often than not.</summary>
    private bool TryDate(ReadOnlySpan<char> text, out DateOnly day)
    {
        if (lastDate.Is(text, out day)) return true;
        if (!TryAnyFormat(text, out day)) return false;
        lastDate.Set(text, day);
        return true;
    }

    private bool TryAnyFormat(ReadOnlySpan<char> text, out DateOnly day)
    {
        foreach (var format in dateFormats)
            if (format.TryParse(text, out day)) return true;
        day = default;
        return false;
    }

    private bool TrySession(CsvRecordReader record, out SessionOfDay whichSession, out byte whichPeriod)
    {
        whichPeriod = 0;
        if (period >= 0)
        {
            var text = Value(record[period]);
            if (sessions.TryFind(text, out whichSession) && whichSession != SessionOfDay.Period) return true;
            whichSession = SessionOfDay.Period;
            if (!text.IsEmpty) return SessionWords.TryPeriod(text, out whichPeriod);
            whichSession = SessionOfDay.WholeDay;
            if (session < 0) return true;
        }
        var stated = Value(record[session]);
        if (lastSession.Is(stated, out whichSession)) return true;
        if (sessions.TryFind(stated, out whichSession))
        {
            if (whichSession == SessionOfDay.Period) return false;
            lastSession.Set(stated, whichSession);
            return true;
        }
        return stated.IsEmpty && layout.EmptySessionIsWholeDay;
    }

    private Mark MarkOf(ReadOnlySpan<char> text, ReadOnlySpan<char> because)
    {
        var set = layout.CodeSet!;
        if (because.IsEmpty ? set.TryFind(text, out var mark) : set.TryFind(text, because, out mark)) return mark;
        var shown = SpreadsheetText.Unwrap(text);
        if (!shown.IsEmpty) ReportUnknown(shown, SpreadsheetText.Unwrap(because));
        return Mark.Unknown;
    }

    private void ReportUnknown(ReadOnlySpan<char> text, ReadOnlySpan<char> because)
    {
        Span<char> shown = stackalloc char[MaxShownCode];
        var length = Math.Min(text.Length, MaxShownCode);
        text[..length].CopyTo(shown);
        if (!because.IsEmpty && length + 1 + because.Length <= MaxShownCode)
        {
            shown[length++] = CodeSet.PairSeparator;
            because.CopyTo(shown[length..]);
            length += because.Length;
        }
        if (!unknownBySpan.TryGetValue(shown[..length], out var kept))
        {
            kept = shown[..length].ToString();
            if (unknownCodes.Count < MaxUnknownCodes) unknownCodes.Add(kept, kept);
        }
        sink.UnknownCode(kept);
    }

    /// <summary>A day from its counts: absent, partial, late or present, with the class of absence that holds most of it.</summary>
    private bool TryCounts(CsvRecordReader record, out Mark mark, out int faulty)
    {
        mark = Mark.Unknown;
        if (!TryCount(record, CsvField.DaysAbsent, out var absent, out faulty) || !TryCount(record, CsvField.DaysExcused, out var excused, out faulty)
            || !TryCount(record, CsvField.DaysUnexcused, out var unexcused, out faulty) || !TryCount(record, CsvField.DaysOther, out var other, out faulty)
            || !TryCount(record, CsvField.TardyCount, out var lates, out faulty)) return false;
        var days = Math.Max(absent ?? 0, (excused ?? 0) + (unexcused ?? 0) + (other ?? 0));
        if (absent is null && excused is null && unexcused is null && other is null && lates is null) return true;
        var why = unexcused > 0 && unexcused >= (excused ?? 0) ? MarkReason.UnauthorisedOther
            : excused > 0 ? MarkReason.AuthorisedOther
            : MarkReason.None;
        mark = days >= WholeDay ? new Mark(MarkCategory.Absent, why)
            : days > 0 ? new Mark(MarkCategory.Partial, why)
            : lates > 0 ? new Mark(MarkCategory.Late)
            : Mark.Present;
        return true;
    }

    private bool TryCount(CsvRecordReader record, CsvField field, out decimal? count, out int column)
    {
        column = columns[field];
        count = null;
        if (column < 0) return true;
        var text = Value(record[column]);
        if (text.IsEmpty) return true;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        count = number;
        return true;
    }

    private void TakeCoverage(CsvRecordReader record)
    {
        if (TryAnyFormat(Value(record[coversFrom]), out var first) && (from is null || first < from)) from = first;
        if (TryAnyFormat(Value(record[coversTo]), out var last) && (to is null || last > to)) to = last;
    }

    /// <summary>A quote left open may close again rows later and swallow them: then a used field holds a line end, the fields do
    /// not fit, or a line within looks like a row of its own.</summary>
    private bool HidesRows(CsvRecordReader record)
    {
        if (record.FieldCount != columns.Header.Count && !HasOnlyEmptyExtras(record)) return true;
        foreach (var column in usedColumns)
            if (record[column].ContainsAny('\r', '\n')) return true;
        var isFirst = true;
        foreach (var line in record.Raw.EnumerateLines())
        {
            if (!isFirst && line.Count(layout.Delimiter) == columns.Header.Count - 1) return true;
            isFirst = false;
        }
        return false;
    }

    private bool HasOnlyEmptyExtras(CsvRecordReader record)
    {
        if (record.FieldCount < columns.Header.Count) return false;
        for (var i = columns.Header.Count; i < record.FieldCount; i++)
            if (!record[i].IsWhiteSpace()) return false;
        return true;
    }

    private static bool IsEmpty(CsvRecordReader record)
    {
        for (var i = 0; i < record.FieldCount; i++)
            if (!record[i].IsWhiteSpace()) return false;
        return true;
    }

    /// <summary>A zero byte anywhere, or in a used field a control character or one that could not be decoded.</summary>
    private bool FindOddity(CsvRecordReader record, out RefusalReason why, out string where)
    {
        (why, where) = (RefusalReason.ControlCharacter, "");
        if (record.Raw.Contains('\0')) return true;
        foreach (var column in usedColumns)
        {
            var text = record[column].Trim();
            where = columns.Header[column];
            if (text.Contains('\uFFFD')) why = RefusalReason.InvalidEncoding;
            else if (!text.ContainsAnyInRange('\0', '\u001F')) continue;
            return true;
        }
        return false;
    }

    private bool Refuse(CsvRecordReader record, RefusalReason why, int column) => Refuse(record, why, column >= 0 ? columns.Header[column] : "");

    private bool Refuse(CsvRecordReader record, RefusalReason why, string field)
    {
        sink.Refuse(new RefusedRow(record.Line, why, field, record.Raw.ToString()));
        return true;
    }
}
