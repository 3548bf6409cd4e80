using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds.EdFi;
using SchoolSignal.Domain.Roster;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads a roster of any format we know: students.csv, Ed-Fi XML or JSON, a OneRoster bundle.</summary>
public static class RosterFileReader
{
    /// <param name="file">Seekable, at its beginning.</param>
    public static ReadOutcome Read(Stream file, FeedRequest request, RosterSink sink, CancellationToken cancellationToken) => FileSniffer.Sniff(file) switch
    {
        SniffedFormat.Xml or SniffedFormat.Json => EdFiRosterReader.Read(file, sink, cancellationToken),
        SniffedFormat.Csv => StudentsCsvReader.Read(
            file, request.Schools is [var only] && SchoolId.TryParse(only, out var school) ? school : null, sink, cancellationToken),
        SniffedFormat.ICalendar => new ReadOutcome.Refused("This is a calendar, not a roster. Import it as a calendar."),
        _ => new ReadOutcome.Refused("This is not a roster we can read."),
    };
}
