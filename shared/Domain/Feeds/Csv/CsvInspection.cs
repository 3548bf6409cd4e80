using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>What an import of a file would conclude, without importing it.</summary>
public abstract record CsvInspection
{
    /// <param name="Kind">The profile's; null if the sender must say.</param>
    /// <param name="CodeSetId">Null for a file of counts.</param>
    /// <param name="Concluded">In plain words.</param>
    /// <param name="OpenQuestions">What the file leaves open, in plain words.</param>
    /// <param name="FirstRows">The first rows as they would be read. They name pupils: for the person who asked only.</param>
    public sealed record Understood(
        string ProfileId, FeedKind? Kind, string? CodeSetId, IReadOnlyList<string> Concluded, IReadOnlyList<string> OpenQuestions,
        IReadOnlyList<InspectedRow> FirstRows) : CsvInspection;

    /// <param name="Why">What was wrong and what to do.</param>
    /// <param name="ProfilesThatFit">Shipped profiles that would read the file if they were named.</param>
    public sealed record Refused(string Why, IReadOnlyList<string> ProfilesThatFit) : CsvInspection;
}

/// <summary>One of a file's first rows.</summary>
public abstract record InspectedRow(int RowNumber)
{
    /// <param name="Period">0 unless the session is a period.</param>
    public sealed record Taken(
        int RowNumber, string StudentUniqueId, string SchoolId, DateOnly Date, SessionOfDay Session, byte Period, Mark Mark) : InspectedRow(RowNumber);

    public sealed record NotTaken(RefusedRow Row) : InspectedRow(Row.RowNumber);
}
