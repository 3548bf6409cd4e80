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
        switch (FileFormats.Detect(file, request.FileName))
        {
            case FileFormat.Empty:
                return new ReadOutcome.Refused("The file is empty. Send the attendance itself, with its header.");
            case FileFormat.EdFiAttendanceXml or FileFormat.EdFiAttendanceJson or FileFormat.Xml or FileFormat.Json:
                var codes = formats.CodeSets.Find(EdFiCodes) ?? throw new InvalidOperationException("The Ed-Fi code set is not shipped.");
                return EdFiAttendanceReader.Read(file, new EdFiReadOptions(codes.TryFind), sink, cancellationToken);
            case FileFormat.Zip or FileFormat.OneRosterZip:
                return new ReadOutcome.Refused("This is a zip file. Send the attendance file inside it as it is; zip bundles are for rosters.");
            case FileFormat.ICalendar or FileFormat.CalendarCsv or FileFormat.EdFiCalendarXml or FileFormat.EdFiCalendarJson:
                return new ReadOutcome.Refused("This is a calendar, not attendance. Import it as a calendar.");
            case FileFormat.StudentsCsv or FileFormat.EdFiRosterXml or FileFormat.EdFiRosterJson:
                return new ReadOutcome.Refused("This is a list of pupils, not attendance. Import it as a roster.");
            case FileFormat.ObservationLines:
                return new ReadOutcome.Refused("These are observation forms, not attendance. Import them as observations.");
            default:
                return OptionsOf(request, formats, progress, out var why) is { } options
                    ? CsvAttendanceReader.Read(file, options, sink, cancellationToken)
                    : new ReadOutcome.Refused(why);
        }
    }

    /// <summary>How a CSV of this request is read; null, with why, if it names a profile there is not.</summary>
    public static CsvReadOptions? OptionsOf(FeedRequest request, DistrictFormats formats, IProgress<long>? progress, out string why)
    {
        why = "";
        CsvProfile? profile = null;
        if (request.Profile is { } name)
        {
            profile = formats.Profiles.Find(name);
            if (profile is null)
            {
                why = $"There is no profile \"{name}\". There are: {string.Join(", ", formats.Profiles.All.Select(p => p.Id))}. Leave it out to have the file's layout worked out.";
                return null;
            }
        }
        return new CsvReadOptions
        {
            Profile = profile,
            CodeSets = formats.CodeSets,
            Covers = request.Covers,
            Progress = progress is null ? null : progress.Report,
        };
    }
}
