namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads an attendance file of any format we know.</summary>
public sealed class AttendanceFileReader
{
    public ReadOutcome Read(Stream file, FeedRequest request, AttendanceRowSink sink, IProgress<long>? progress, CancellationToken cancellationToken) =>
        new ReadOutcome.Refused("No format.");

    public PeriodFold? FoldOf(FeedRequest request) => null;
}
