using SchoolSignal.Domain.Feeds.Archives;
using SchoolSignal.Domain.Feeds.EdFi;
using SchoolSignal.Domain.Feeds.Tables;
using SchoolSignal.Domain.Roster.OneRoster;

namespace SchoolSignal.Domain.Feeds;

/// <summary>What a file is, by its content.</summary>
public enum FileFormat
{
    Unknown,
    Empty,
    /// <summary>A table that is none of the three below: attendance, usually.</summary>
    Csv,
    StudentsCsv,
    CalendarCsv,
    StaffCsv,
    EdFiAttendanceXml,
    EdFiCalendarXml,
    /// <summary>Enrolments or students.</summary>
    EdFiRosterXml,
    EdFiAttendanceJson,
    EdFiCalendarJson,
    EdFiRosterJson,
    /// <summary>Observation forms, one JSON object a line.</summary>
    ObservationLines,
    /// <summary>XML with no record that is read here.</summary>
    Xml,
    /// <summary>JSON with no record that is read here.</summary>
    Json,
    OneRosterZip,
    /// <summary>A zip that is no OneRoster bundle, or that is not safe to open.</summary>
    Zip,
    ICalendar,
}

/// <summary>Tells what a file is from its first bytes; the name only decides where the content does not.</summary>
public static class FileFormats
{
    private const int HeadLength = 64 * 1024;

    /// <param name="head">The file, or at least its start. A seekable stream is set back to where it was; a zip is only looked
    /// into if it can seek.</param>
    /// <param name="fileName">The sender's name for it, if there is one; only its ending is looked at.</param>
    public static FileFormat Detect(Stream head, string? fileName)
    {
        var start = head.CanSeek ? head.Position : 0;
        var buffer = new byte[HeadLength];
        var length = head.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var format = Detect(buffer.AsMemory(0, length), head, fileName);
        if (head.CanSeek) head.Position = start;
        return format;
    }

    private static FileFormat Detect(ReadOnlyMemory<byte> head, Stream stream, string? fileName)
    {
        var bytes = head.Span;
        if (bytes.IsEmpty) return FileFormat.Empty;
        if (bytes.StartsWith("PK"u8)) return ZipKind(stream);
        if (EdFiRecords.LooksLikeXml(bytes)) return RecordKind(head, FileFormat.Xml);
        // UTF-16 text has a zero in every other byte; from two in three on (inclusive) it is no text.
        if (bytes.Count((byte)0) * 3 >= bytes.Length * 2) return FileFormat.Unknown;
        using var text = TextDecoding.Open(new MemoryStream(head.ToArray()), CancellationToken.None).Reader;
        if (text is null) return FileFormat.Unknown;
        var first = FirstText(text);
        if (first.StartsWith("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase)) return FileFormat.ICalendar;
        if (first is ['{' or '[', ..] || HasEnding(fileName, ".json") || HasEnding(fileName, ".jsonl")) return RecordKind(head, FileFormat.Json);
        return HasEnding(fileName, ".ics") ? FileFormat.ICalendar : TableKind(head);
    }

    private static string FirstText(TextReader text)
    {
        var chars = new char[256];
        try
        {
            return chars.AsSpan(0, text.ReadBlock(chars)).TrimStart().ToString();
        }
        catch (System.Text.DecoderFallbackException)
        {
            return "";
        }
    }

    private static FileFormat ZipKind(Stream stream)
    {
        if (!stream.CanSeek || SafeArchive.Open(stream, ArchiveLimits.Default) is not ArchiveOpening.Opened { Archive: var archive }) return FileFormat.Zip;
        using (archive) return OneRosterBundle.IsBundle(archive) ? FileFormat.OneRosterZip : FileFormat.Zip;
    }

    /// <summary>By the first record that is known. The head usually ends inside a record: that it is cut off says nothing.</summary>
    private static FileFormat RecordKind(ReadOnlyMemory<byte> head, FileFormat other)
    {
        FileFormat? found = null;
        _ = EdFiRecords.Read(new MemoryStream(head.ToArray()), record => found ??= KindOf(record, other == FileFormat.Xml), CancellationToken.None);
        return found ?? other;
    }

    private static FileFormat? KindOf(EdFiRecord record, bool isXml) => EdFiKinds.Of(record) switch
    {
        EdFiKind.SchoolEvent or EdFiKind.SectionEvent => isXml ? FileFormat.EdFiAttendanceXml : FileFormat.EdFiAttendanceJson,
        EdFiKind.Session or EdFiKind.CalendarDate or EdFiKind.GradingPeriod or EdFiKind.Calendar => isXml ? FileFormat.EdFiCalendarXml : FileFormat.EdFiCalendarJson,
        EdFiKind.Enrollment or EdFiKind.Student => isXml ? FileFormat.EdFiRosterXml : FileFormat.EdFiRosterJson,
        _ => !isXml && record.Type is null && record.HasTop("observer") ? FileFormat.ObservationLines : null,
    };

    private static FileFormat TableKind(ReadOnlyMemory<byte> head)
    {
        var (table, _) = CsvTable.Open(new MemoryStream(head.ToArray()), CancellationToken.None);
        if (table is null) return FileFormat.Csv;
        using (table)
        {
            var hasDate = table.Column("date", "calendarDate", "attDate", "eventDate", "attendanceDate") >= 0;
            var hasStudent = table.Column("studentUniqueId", "studentId", "pupilId", "upn") >= 0;
            if (!hasDate && !hasStudent && table.Column("staffId", "staffUniqueId", "id") >= 0 && table.Column("roles", "role") >= 0) return FileFormat.StaffCsv;
            if (hasDate && !hasStudent && table.Column("instructional", "isInstructional", "reason") >= 0) return FileFormat.CalendarCsv;
            return !hasDate && hasStudent && table.Column("givenName", "firstName", "familyName", "lastName", "grade", "enrolDate", "enrollDate", "entryDate") >= 0
                ? FileFormat.StudentsCsv
                : FileFormat.Csv;
        }
    }

    private static bool HasEnding(string? fileName, string ending) => fileName?.EndsWith(ending, StringComparison.OrdinalIgnoreCase) == true;
}
