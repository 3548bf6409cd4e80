using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>How to read an attendance CSV.</summary>
public sealed record CsvReadOptions
{
    /// <summary>The profile in force; null to work everything out (as <see cref="CsvProfiles.Generic"/> does).</summary>
    public CsvProfile? Profile { get; init; }

    /// <summary>The shipped code sets and the district's own.</summary>
    public CodeSetLibrary CodeSets { get; init; } = CodeSetLibrary.Shipped;

    /// <summary>The days the sender says the file covers; settles day/month against month/day where only one order fits.</summary>
    public Coverage? Covers { get; init; }

    /// <summary>Called now and then with the bytes read so far; null for none.</summary>
    public Action<long>? Progress { get; init; }
}
