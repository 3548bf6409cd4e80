using SchoolSignal.Domain.Feeds.Csv;
using SchoolSignal.Domain.Feeds.EdFi;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads an attendance file of any format we know: CSV through a profile, Ed-Fi XML, Ed-Fi API JSON.</summary>
public static class AttendanceFileReader
{
    private const string EdFiCodes = "ed-fi";

    /// <param name="file">Seekable, at its beginning.</param>
    public static ReadOutcome Read(
        Stream file, FeedRequest request, DistrictFormats formats, AttendanceRowSink sink, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var format = FileSniffer.Sniff(file);
        if (format is SniffedFormat.Xml or SniffedFormat.Json)
        {
            var codes = formats.CodeSets.Find(EdFiCodes) ?? throw new InvalidOperationException("The Ed-Fi code set is not shipped.");
            return EdFiAttendanceReader.Read(file, new EdFiReadOptions(codes.TryFind), sink, cancellationToken);
        }
        if (format is SniffedFormat.Zip)
            return new ReadOutcome.Refused("This is a zip file. Send the attendance file inside it as it is; zip bundles are for rosters.");
        if (format is SniffedFormat.ICalendar)
            return new ReadOutcome.Refused("This is a calendar, not attendance. Import it as a calendar.");

        CsvProfile? profile = null;
        if (request.Profile is { } name)
        {
            profile = formats.Profiles.Find(name);
            if (profile is null)
                return new ReadOutcome.Refused(
                    $"There is no profile \"{name}\". There are: {string.Join(", ", formats.Profiles.All.Select(p => p.Id))}. Leave it out to have the file's layout worked out.");
        }
        return CsvAttendanceReader.Read(
            file,
            new CsvReadOptions { Profile = profile, CodeSets = formats.CodeSets, Covers = request.Covers, Progress = progress is null ? null : progress.Report },
            sink, cancellationToken);
    }
}
