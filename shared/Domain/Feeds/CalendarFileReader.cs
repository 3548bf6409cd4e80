using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds.EdFi;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads a calendar of any format we know: CSV, Ed-Fi XML or JSON, iCalendar.</summary>
public static class CalendarFileReader
{
    /// <param name="file">Seekable, at its beginning.</param>
    public static ReadOutcome Read(Stream file, CalendarSink sink, CancellationToken cancellationToken) => FileSniffer.Sniff(file) switch
    {
        SniffedFormat.Xml or SniffedFormat.Json => EdFiCalendarReader.Read(file, sink, cancellationToken),
        SniffedFormat.Csv => CalendarCsvReader.Read(file, sink, cancellationToken),
        _ => new ReadOutcome.Refused("This is not a calendar we can read."),
    };
}
