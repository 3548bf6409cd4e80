using System.Text;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>What a column of an attendance file can hold.</summary>
public enum CsvField
{
    Student,
    School,
    Date,
    Session,
    Period,
    /// <summary>The attendance code, or the status of a file that states status and excuse.</summary>
    Code,
    /// <summary>A reason or excuse beside the code.</summary>
    Reason,
    CodeAm,
    CodePm,
    DaysAbsent,
    DaysExcused,
    DaysUnexcused,
    DaysOther,
    TardyCount,
    Section,
    CoversFrom,
    CoversTo,
}

/// <summary>How a kind of attendance CSV is laid out. Whatever a profile leaves open is worked out from the file.</summary>
/// <param name="Known">What of it is known, with the source.</param>
/// <param name="Provisional">What is from memory or differs between districts.</param>
/// <param name="Delimiter">Null: worked out.</param>
/// <param name="Encoding">Null: worked out.</param>
/// <param name="Kind">Null: the sender says, or a register.</param>
/// <param name="CodeSetId">Null: the code set that explains the file's codes.</param>
/// <param name="Columns">Header names by field, the preferred first; compared without case, spaces and punctuation.</param>
/// <param name="DateFormats">Empty: worked out, and refused if the file does not settle day and month.</param>
/// <param name="Sessions">Session texts of this profile, beside the usual AM, PM and whole-day words.</param>
/// <param name="PeriodFold">How period marks make a day; null where the profile has none.</param>
public sealed record CsvProfile(
    string Id, string Title, IReadOnlyList<string> Known, IReadOnlyList<string> Provisional, char? Delimiter, Encoding? Encoding,
    FeedKind? Kind, string? CodeSetId, IReadOnlyDictionary<CsvField, IReadOnlyList<string>> Columns,
    IReadOnlyList<DateFormat> DateFormats, IReadOnlyDictionary<string, SessionOfDay> Sessions, PeriodFold? PeriodFold)
{
    /// <summary>Reads a profile from JSON (docs/data-dictionary.md, CSV profiles). All faults are told at once.</summary>
    /// <param name="fileName">Named in every error.</param>
    public static CsvProfileLoad Load(string json, string fileName) => CsvProfileJson.Read(json, fileName);
}

/// <summary>What loading a profile came to.</summary>
public abstract record CsvProfileLoad
{
    public sealed record Loaded(CsvProfile Profile) : CsvProfileLoad;

    /// <summary>Every fault, each naming file and field.</summary>
    public sealed record Invalid(IReadOnlyList<string> Errors) : CsvProfileLoad;
}
