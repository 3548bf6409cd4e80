using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds.EdFi;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads a calendar of any format we know: CSV, Ed-Fi XML or JSON, iCalendar.</summary>
public static class CalendarFileReader
{
    /// <param name="file">Seekable, at its beginning.</param>
    public static ReadOutcome Read(Stream file, CalendarSink sink, CancellationToken cancellationToken) => FileFormats.Detect(file, null) switch
    {
        FileFormat.EdFiCalendarXml or FileFormat.EdFiCalendarJson or FileFormat.Xml or FileFormat.Json => EdFiCalendarReader.Read(file, sink, cancellationToken),
        FileFormat.ICalendar => ICalendarReader.Read(file, new ICalendarOptions(), sink, cancellationToken),
        FileFormat.CalendarCsv or FileFormat.Csv => CalendarCsvReader.Read(file, sink, cancellationToken),
        FileFormat.Empty => new ReadOutcome.Refused("The file is empty."),
        _ => new ReadOutcome.Refused("This is not a calendar we can read. Send a CSV (date, schoolId, instructional, reason), an Ed-Fi calendar, or iCalendar."),
    };
}
