using System.Text.Json;
using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Settles what a profile leaves open, from the file: encoding, delimiter, columns, dates, code set. It refuses
/// rather than guess.</summary>
internal sealed class CsvLayoutFinder(CsvReadOptions options, CancellationToken ct)
{
    /// <summary>Rows looked at before the rest of the file is spared, if they settle everything.</summary>
    private const int SampleRows = 1000;

    private const int SampleBytes = 256 * 1024;

    private readonly CsvProfile profile = options.Profile ?? CsvProfiles.Generic;
    private readonly List<string> concluded = [];
    private readonly List<string> warnings = [];

    public LayoutOutcome Find(Stream stream)
    {
        concluded.Add($"Profile: {profile.Id} ({profile.Title}).");
        var guess = CsvEncoding.Find(stream, profile.Encoding, ct);
        if (guess is not CsvEncoding.Found encoding) return new LayoutOutcome.Refused(((CsvEncoding.Refused)guess).Why);
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
        for (var i = 0; i < records.FieldCount; i++) header.Add(SpreadsheetText.Unwrap(records[i]).ToString());
        // Spreadsheets leave empty columns behind the last one.
        while (header.Count > 1 && header[^1].Length == 0) header.RemoveAt(header.Count - 1);
        var mapped = CsvColumns.Map(header, profile);
        if (mapped is not ColumnsOutcome.Mapped { Columns: var columns }) return new LayoutOutcome.Refused(((ColumnsOutcome.Refused)mapped).Why);

        return SettleValues(records, columns) switch
        {
            Values.Refused refused => new LayoutOutcome.Refused(refused.Why),
            Values.Settled values => new LayoutOutcome.Settled(new CsvLayout(
                profile, encoding.Encoding, encoding.BomBytes, found.Delimiter, found.HasSeparatorLine, headerText, values.Columns,
                values.DateFormats, values.CodeSet, values.EmptySessionIsWholeDay, concluded, warnings)),
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
        CsvStep.BrokenQuote => CsvDialect.OpenQuoteInHeader,
        CsvStep.TooLong => "The first line is too long to be a line of column names. Is this a CSV file?",
        _ when records.Raw.Contains('\0') => "The first line holds a zero byte, so this is not a text file. Export the attendance as CSV and send that.",
        _ => null,
    };

    private Values SettleValues(CsvRecordReader records, CsvColumns columns)
    {
        var needsDates = profile.DateFormats.Count == 0;
        var needsCodes = columns.Shape != CsvShape.Counts && profile.CodeSetId is null;
        var needsSessions = columns.StatesSessions;
        var dates = new DateCensus(options.Covers);
        var codes = new CodeChooser(columns, options.CodeSets);
        var sessions = new SessionCensus(columns, new SessionWords(profile.Sessions));
        var rows = 0;
        while (needsDates || needsCodes || needsSessions)
        {
            var step = records.Read();
            if (step == CsvStep.End) break;
            if (step != CsvStep.Record || records.FieldCount < columns.Header.Count) continue;
            if (needsDates) dates.Add(SpreadsheetText.Unwrap(records[columns[CsvField.Date]]));
            if (needsCodes) codes.Add(records);
            if (needsSessions && rows < SampleRows) sessions.Add(records);
            if (++rows % SampleRows != 0) continue;
            ct.ThrowIfCancellationRequested();
            if (rows == SampleRows && (!needsDates || dates.IsPlain) && (!needsCodes || codes.IsDecided)) break;
        }

        if (sessions.Fault is { } sessionFault) return new Values.Refused(sessionFault);
        var formats = profile.DateFormats;
        if (needsDates)
        {
            var outcome = dates.Settle(columns.NameOf(CsvField.Date));
            if (outcome is not DateOutcome.Settled settled) return new Values.Refused(((DateOutcome.Refused)outcome).Why);
            formats = settled.Formats;
            concluded.Add(settled.Concluded);
        }
        else
        {
            concluded.Add($"Dates: {string.Join(", ", formats.Select(format => format.Text))} (profile).");
        }

        CodeSet? set = null;
        if (needsCodes)
        {
            var choice = codes.Choose(sessions.HasHalfDays || columns.Shape == CsvShape.AmAndPm);
            if (choice is not CodeChoice.Chosen chosen) return new Values.Refused(((CodeChoice.Refused)choice).Why);
            set = chosen.Set;
            concluded.Add(chosen.Concluded);
            warnings.AddRange(chosen.Warnings);
            if (columns.Shape == CsvShape.OneMark) columns = columns.WithCode(chosen.Column);
        }
        else if (profile.CodeSetId is { } id && columns.Shape != CsvShape.Counts)
        {
            set = options.CodeSets.Find(id);
            if (set is null) return new Values.Refused($"The profile {profile.Id} names the code set '{id}', and there is none of that name. Load it, or correct the profile.");
            concluded.Add($"Code set: {set.Id} (profile).");
        }
        ConcludeColumns(columns);
        return new Values.Settled(columns, formats, set, sessions.EmptyMeansWholeDay);
    }

    private void ConcludeColumns(CsvColumns columns)
    {
        var parts = Enum.GetValues<CsvField>().Where(columns.Has).Select(field => $"{JsonNamingPolicy.CamelCase.ConvertName(field.ToString())} = '{columns.NameOf(field)}'");
        concluded.Add($"Columns: {string.Join(", ", parts)}.");
        concluded.Add(columns.Shape switch
        {
            CsvShape.AmAndPm => "Sessions: a morning and an afternoon code in each row.",
            CsvShape.Counts => "Sessions: whole days, from counts of absence and lateness.",
            _ when columns.Has(CsvField.Period) => "Sessions: period marks, folded into the day.",
            _ when columns.Has(CsvField.Session) => "Sessions: as each row states them.",
            _ => "Sessions: each row is a whole day.",
        });
        warnings.AddRange(columns.Warnings);
        if (!columns.Has(CsvField.School)) warnings.Add("The file names no school: each pupil's enrolment decides.");
    }

    private abstract record Values
    {
        public sealed record Settled(CsvColumns Columns, IReadOnlyList<DateFormat> DateFormats, CodeSet? CodeSet, bool EmptySessionIsWholeDay) : Values;

        public sealed record Refused(string Why) : Values;
    }
}
