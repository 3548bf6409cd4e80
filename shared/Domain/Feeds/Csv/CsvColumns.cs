using System.Text;
using System.Text.Json;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>How a file states its marks.</summary>
internal enum CsvShape
{
    /// <summary>One row per mark.</summary>
    OneMark,
    /// <summary>The morning's and the afternoon's code in one row.</summary>
    AmAndPm,
    /// <summary>Shares of a day absent, by excusal, and a count of lates (Skyward).</summary>
    Counts,
}

/// <summary>Which column of a file holds which field.</summary>
internal sealed class CsvColumns
{
    private readonly int[] indexes;

    private CsvColumns(int[] indexes, IReadOnlyList<string> header, IReadOnlyList<int> codeCandidates, IReadOnlyList<string> warnings)
    {
        this.indexes = indexes;
        Warnings = warnings;
        Header = header;
        CodeCandidates = codeCandidates;
        Shape = Has(CsvField.CodeAm) && Has(CsvField.CodePm) ? CsvShape.AmAndPm
            : Has(CsvField.Code) ? CsvShape.OneMark
            : CsvShape.Counts;
    }

    public IReadOnlyList<string> Header { get; }

    public CsvShape Shape { get; }

    /// <summary>Columns that could have been taken for the same thing.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Each row says for which session or period it is.</summary>
    public bool StatesSessions => Shape != CsvShape.AmAndPm && (Has(CsvField.Session) || Has(CsvField.Period));

    /// <summary>Columns whose header could name the code, the preferred first.</summary>
    public IReadOnlyList<int> CodeCandidates { get; }

    /// <summary>The field's column, or -1.</summary>
    public int this[CsvField field] => indexes[(int)field];

    public bool Has(CsvField field) => indexes[(int)field] >= 0;

    public string NameOf(CsvField field) => Has(field) ? Header[this[field]] : "";

    /// <summary>The same columns with another one for the code.</summary>
    public CsvColumns WithCode(int column)
    {
        var changed = (int[])indexes.Clone();
        changed[(int)CsvField.Code] = column;
        return new CsvColumns(changed, Header, CodeCandidates, Warnings);
    }

    /// <summary>Whether the fields at hand can state a mark.</summary>
    public static bool HasMarks(Func<CsvField, bool> has) =>
        has(CsvField.Code) || (has(CsvField.CodeAm) && has(CsvField.CodePm)) || has(CsvField.DaysAbsent)
        || (has(CsvField.DaysExcused) && has(CsvField.DaysUnexcused));

    /// <summary>A header name without case, spaces and punctuation: "Student Unique-ID" is "studentuniqueid".</summary>
    public static string Normalize(string name)
    {
        var builder = new StringBuilder(name.Length);
        foreach (var c in name)
            if (char.IsLetterOrDigit(c)) builder.Append(char.ToLowerInvariant(c));
        return builder.ToString();
    }

    public static ColumnsOutcome Map(IReadOnlyList<string> header, CsvProfile profile)
    {
        var names = header.Select(Normalize).ToArray();
        var indexes = new int[Enum.GetValues<CsvField>().Length];
        Array.Fill(indexes, -1);
        var codeCandidates = new List<int>();
        var warnings = new List<string>();
        foreach (var (field, aliases) in profile.Columns)
        {
            foreach (var alias in aliases.Select(Normalize).Distinct())
            {
                var column = Array.IndexOf(names, alias);
                if (column < 0) continue;
                var isTaken = indexes[(int)field] >= 0;
                if (isTaken && field is CsvField.Student or CsvField.School)
                    warnings.Add($"Column '{header[indexes[(int)field]]}' is read as the {Word(field)}, and '{header[column]}' is not: name a profile if it should be the other.");
                if (isTaken && field != CsvField.Code) continue;
                if (Array.IndexOf(names, alias, column + 1) >= 0)
                    return new ColumnsOutcome.Refused(
                        $"The header '{header[column]}' stands twice, and it names the {Word(field)}: which of the two holds it cannot be told. Rename or remove one and send the file again.");
                if (!isTaken) indexes[(int)field] = column;
                if (field == CsvField.Code) codeCandidates.Add(column);
            }
        }
        var columns = new CsvColumns(indexes, header, codeCandidates, warnings);
        return Missing(columns, profile) is { } why ? new ColumnsOutcome.Refused(why) : new ColumnsOutcome.Mapped(columns);
    }

    private static string? Missing(CsvColumns columns, CsvProfile profile)
    {
        var missing = new List<string>();
        foreach (var field in new[] { CsvField.Student, CsvField.Date })
            if (!columns.Has(field)) missing.Add($"the {Word(field)} ({Accepted(profile, field)})");
        if (!HasMarks(columns.Has)) missing.Add($"the attendance code ({Accepted(profile, CsvField.Code)})");
        if (missing.Count == 0) return null;
        // A first line without a single known name may be data: then nothing of it is repeated here.
        if (columns.indexes.All(index => index < 0))
            return "The first line names no column that is known here, so the file seems to have no header line. Put column names in the first line, for example date,schoolId,studentUniqueId,session,code, or name a profile that maps your columns.";
        return $"No column could be found for {string.Join(" or for ", missing)}. The file's columns are: {string.Join(", ", columns.Header)}. Rename the column, or name a profile that maps it.";
    }

    private static string Accepted(CsvProfile profile, CsvField field) =>
        profile.Columns.TryGetValue(field, out var aliases) ? $"for example {string.Join(", ", aliases.Take(4))}" : "the profile names none";

    private static string Word(CsvField field) => field switch
    {
        CsvField.Student => "pupil",
        CsvField.School => "school",
        CsvField.Code => "attendance code",
        _ => JsonNamingPolicy.CamelCase.ConvertName(field.ToString()),
    };
}

/// <summary>Whether a header names the columns that are needed.</summary>
internal abstract record ColumnsOutcome
{
    public sealed record Mapped(CsvColumns Columns) : ColumnsOutcome;

    public sealed record Refused(string Why) : ColumnsOutcome;
}
