using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds.Archives;
using SchoolSignal.Domain.Feeds.EdFi;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Roster.OneRoster;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads a roster of any format we know: students.csv, Ed-Fi XML or JSON, a OneRoster bundle.</summary>
public static class RosterFileReader
{
    /// <summary>The profile that takes a OneRoster user's <c>identifier</c> for the StudentUniqueId instead of its sourcedId.</summary>
    public const string IdentifierProfile = "identifier";

    /// <param name="file">Seekable, at its beginning.</param>
    public static ReadOutcome Read(Stream file, FeedRequest request, RosterSink sink, CancellationToken cancellationToken)
    {
        switch (FileFormats.Detect(file, request.FileName))
        {
            case FileFormat.EdFiRosterXml or FileFormat.EdFiRosterJson or FileFormat.Xml or FileFormat.Json:
                return EdFiRosterReader.Read(file, sink, cancellationToken);
            case FileFormat.OneRosterZip or FileFormat.Zip:
                return ReadBundle(file, request, sink, cancellationToken);
            case FileFormat.StudentsCsv or FileFormat.Csv:
                SchoolId? school = request.Schools is [var only] && SchoolId.TryParse(only, out var stated) ? stated : null;
                return StudentsCsvReader.Read(file, school, sink, cancellationToken);
            case FileFormat.Empty:
                return new ReadOutcome.Refused("The file is empty.");
            case FileFormat.ICalendar or FileFormat.CalendarCsv or FileFormat.EdFiCalendarXml or FileFormat.EdFiCalendarJson:
                return new ReadOutcome.Refused("This is a calendar, not a roster. Import it as a calendar.");
            case FileFormat.EdFiAttendanceXml or FileFormat.EdFiAttendanceJson:
                return new ReadOutcome.Refused("This is attendance, not a roster. Import it as attendance.");
            default:
                return new ReadOutcome.Refused("This is not a roster we can read. Send a students.csv, a OneRoster bundle, or Ed-Fi enrolments.");
        }
    }

    private static ReadOutcome ReadBundle(Stream file, FeedRequest request, RosterSink sink, CancellationToken cancellationToken)
    {
        switch (SafeArchive.Open(file, ArchiveLimits.Default))
        {
            case ArchiveOpening.Refused refused:
                return new ReadOutcome.Refused(refused.Why);
            case ArchiveOpening.Opened { Archive: var archive }:
                using (archive)
                {
                    if (!OneRosterBundle.IsBundle(archive))
                        return new ReadOutcome.Refused("The zip is not a OneRoster bundle: it has no manifest.csv and no users.csv.");
                    var id = string.Equals(request.Profile, IdentifierProfile, StringComparison.OrdinalIgnoreCase)
                        ? OneRosterStudentId.Identifier
                        : OneRosterStudentId.SourcedId;
                    return OneRosterReader.Read(OneRosterBundle.FromArchive(archive), id, sink, cancellationToken);
                }
            default:
                throw new InvalidOperationException("An unknown outcome of opening an archive.");
        }
    }
}
