using System.Text;
using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Settles what a profile leaves open, from the file: encoding, delimiter, columns, dates, code set. It refuses
/// rather than guess.</summary>
internal sealed class CsvLayoutFinder(CsvReadOptions options, CancellationToken ct)
{
    /// <summary>Rows looked at before the rest of the file is spared, if they settle everything.</summary>
    private const int SampleRows = 1000;

    private const int SampleBytes = 256 * 1024;

    /// <summary>Inclusive: a code set must explain this share of the coded rows to be taken without being named.</summary>
    private const double LeastExplained = 0.5;

    private static readonly string[] UsualOrder = ["us-daily", "ed-fi", "ceds", "sif", "infinite-campus", "england-2024"];

    private readonly CsvProfile profile = options.Profile ?? CsvProfiles.Generic;
    private readonly List<string> concluded = [];
    private readonly List<string> warnings = [];

    public LayoutOutcome Find(Stream stream)
    {
        concluded.Add($"Profile: {profile.Id} ({profile.Title}).");
        if (CsvEncoding.Find(stream, profile.Encoding, ct) is not CsvEncoding.Found encoding)
            return new LayoutOutcome.Refused(((CsvEncoding.Refused)CsvEncoding.Find(stream, profile.Encoding, ct)).Why);
        concluded.Add(encoding.Concluded);

        var known = profile.Columns.Values.SelectMany(names => names).Select(CsvColumns.Normalize).ToHashSet(StringComparer.Ordinal);
        var dialect = CsvDialect.Find(Sample(stream, encoding), profile.Delimiter, name => known.Contains(CsvColumns.Normalize(name)));
        if (dialect is not CsvDialect.Found found) return new LayoutOutcome.Refused(((CsvDialect.Refused)dialect).Why);
        concluded.Add(found.Concluded);

        var records = CsvLayout.Open(stream, encoding.Encoding, encoding.BomBytes, found.Delimiter);
        if (found.HasSeparatorLine) records.Read();
        if (ReadHeader(records) is { } headerFault) return new LayoutOutcome.Refused(headerFault);
        var headerText = records.Raw.ToString();
        var header = new List<string>(records.FieldCount);
        for (var i = 0; i < records.FieldCount; i++) header.Add(records[i].Trim().ToString());
        var mapped = CsvColumns.Map(header, profile);
        if (mapped is not ColumnsOutcome.Mapped { Columns: var columns }) return new LayoutOutcome.Refused(((ColumnsOutcome.Refused)mapped).Why);

        return SettleValues(records, columns) switch
        {
            Values.Refused refused => new LayoutOutcome.Refused(refused.Why),
            Values.Settled values => new LayoutOutcome.Settled(new CsvLayout(
                profile, encoding.Encoding, encoding.BomBytes, found.Delimiter, found.HasSeparatorLine, headerText, values.Columns,
                values.DateFormats, values.CodeSet, concluded, warnings)),
            _ => throw new InvalidOperationException(),
        };
    }

    private static string Sample(Stream stream, CsvEncoding.Found encoding)
    {
        stream.Position = encoding.BomBytes;
        var bytes = new byte[SampleBytes];
        return encoding.Encoding.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    private static string? ReadHeader(CsvRecordReader records) => records.Read() switch
    {
        CsvStep.End => "The file is empty: it has not even a line of column names. If nobody was absent, send the header line and state the days the file covers.",
        CsvStep.BrokenQuote => "The line of column names has a quote that does not close. Mend the first line and send the file again.",
        CsvStep.TooLong => "The first line is too long to be a line of column names. Is this a CSV file?",
        _ when records.Raw.Contains('\0') => "The first line holds a zero byte, so this is not a text file. Export the attendance as CSV and send that.",
        _ => null,
    };

    private Values SettleValues(CsvRecordReader records, CsvColumns columns)
    {
        var needsDates = profile.DateFormats.Count == 0;
        var needsCodes = columns.Shape != CsvShape.Counts && profile.CodeSetId is null;
        var sets = Ordered();
        var dates = new DateCensus(options.Covers);
        int[][] candidates = columns.Shape == CsvShape.AmAndPm
            ? [[columns[CsvField.CodeAm], columns[CsvField.CodePm]]]
            : [.. columns.CodeCandidates.Select(column => new[] { column })];
        var codes = candidates.Select(_ => new CodeCensus()).ToArray();
        var reason = columns[CsvField.Reason];
        var rows = 0;
        while (needsDates || needsCodes)
        {
            var step = records.Read();
            if (step == CsvStep.End) break;
            if (step != CsvStep.Record || records.FieldCount < columns.Header.Count) continue;
            if (needsDates) dates.Add(SpreadsheetText.Unwrap(records[columns[CsvField.Date]]));
            if (needsCodes)
                for (var i = 0; i < candidates.Length; i++)
                    foreach (var column in candidates[i])
                        codes[i].Add(records[column], reason >= 0 ? records[reason] : default);
            if (++rows % SampleRows != 0) continue;
            ct.ThrowIfCancellationRequested();
            if (rows == SampleRows && (!needsDates || dates.IsPlain) && (!needsCodes || codes.Any(census => census.IsDecided(sets)))) break;
        }

        if (rows == 0 && needsCodes) warnings.Add("The file has a header and no rows.");
        var formats = profile.DateFormats;
        if (needsDates)
        {
            if (dates.Settle(columns.NameOf(CsvField.Date)) is not DateOutcome.Settled settled)
                return new Values.Refused(((DateOutcome.Refused)dates.Settle(columns.NameOf(CsvField.Date))).Why);
            formats = settled.Formats;
            concluded.Add(settled.Concluded);
        }
        else
        {
            concluded.Add($"Dates: {string.Join(", ", formats.Select(format => format.Text))} (profile).");
        }

        var set = (CodeSet?)null;
        if (needsCodes)
        {
            var chosen = ChooseCodes(columns, candidates, codes, sets);
            if (chosen is CodeChoice.Refused refused) return new Values.Refused(refused.Why);
            if (chosen is CodeChoice.Chosen choice)
            {
                set = choice.Set;
                if (columns.Shape == CsvShape.OneMark) columns = columns.WithCode(choice.Column);
            }
        }
        else if (profile.CodeSetId is { } id && columns.Shape != CsvShape.Counts)
        {
            set = options.CodeSets.Find(id);
            if (set is null) return new Values.Refused($"The profile {profile.Id} names the code set '{id}', and there is none of that name. Load it, or correct the profile.");
            concluded.Add($"Code set: {set.Id} (profile).");
        }
        ConcludeColumns(columns);
        return new Values.Settled(columns, formats, set);
    }

    /// <summary>The district's own sets first.</summary>
    private List<CodeSet> Ordered() => [.. options.CodeSets.All.OrderBy(set => Array.IndexOf(UsualOrder, set.Id))];

    private CodeChoice ChooseCodes(CsvColumns columns, int[][] candidates, CodeCensus[] codes, List<CodeSet> sets)
    {
        var best = 0;
        var (share, found) = codes[0].Best(sets);
        for (var i = 1; i < codes.Length; i++)
        {
            var other = codes[i].Best(sets);
            if (other.Share > share) (best, share, found) = (i, other.Share, other.Sets);
        }
        // Nothing to explain: header only, or every code empty and so unknown.
        if (codes.All(census => census.IsEmpty)) return new CodeChoice.Chosen(candidates[0][0], sets[0]);
        var name = columns.Header[candidates[best][0]];
        if (share < LeastExplained)
            return new CodeChoice.Refused(
                $"The codes in column '{name}' belong to no code set that is known here (for example {string.Join(", ", codes[best].Unexplained(null, 8))}). Name a profile, or load your district's codes as a code set.");
        foreach (var other in found.Skip(1))
            if (codes[best].Disagreement(found[0], other) is { } code)
                return new CodeChoice.Refused(
                    $"The codes in column '{name}' fit {found[0].Id} and {other.Id} equally well, and '{code}' means something else in each. Name a profile that states the code set.");
        var also = found.Count > 1 ? $"; {string.Join(", ", found.Skip(1).Select(set => set.Id))} would read the codes here alike" : "";
        concluded.Add($"Code set: {found[0].Id}, which explains {share:P0} of the coded rows looked at{also}.");
        if (codes[best].Unexplained(found[0], 8) is { Count: > 0 } unexplained)
            warnings.Add($"Codes not in {found[0].Id}, read as unknown: {string.Join(", ", unexplained)}.");
        return new CodeChoice.Chosen(candidates[best][0], found[0]);
    }

    private void ConcludeColumns(CsvColumns columns)
    {
        var parts = Enum.GetValues<CsvField>().Where(columns.Has).Select(field => $"{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(field.ToString())} = '{columns.NameOf(field)}'");
        concluded.Add($"Columns: {string.Join(", ", parts)}.");
        concluded.Add(columns.Shape switch
        {
            CsvShape.AmAndPm => "Sessions: a morning and an afternoon code in each row.",
            CsvShape.Counts => "Sessions: whole days, from counts of absence and lateness.",
            _ when columns.Has(CsvField.Period) => "Sessions: period marks, folded into the day.",
            _ when columns.Has(CsvField.Session) => "Sessions: as each row states.",
            _ => "Sessions: each row is a whole day.",
        });
        if (!columns.Has(CsvField.School)) warnings.Add("The file names no school: each pupil's enrolment decides.");
    }

    private abstract record Values
    {
        public sealed record Settled(CsvColumns Columns, IReadOnlyList<DateFormat> DateFormats, CodeSet? CodeSet) : Values;

        public sealed record Refused(string Why) : Values;
    }

    private abstract record CodeChoice
    {
        public sealed record Chosen(int Column, CodeSet Set) : CodeChoice;

        public sealed record Refused(string Why) : CodeChoice;
    }
}
