using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Erasure.Files;

/// <summary>Which lines of a text file are about a pupil, and the file without them. A line that goes leaves its line end, so that the
/// others keep their numbers: a refused row is found again by its number.</summary>
internal static class FileLines
{
    private const int SampleBytes = 256 * 1024;
    private const int ChunkBytes = 128 * 1024;

    /// <summary>Headers, without case and punctuation, of columns that name a pupil in files other than attendance.</summary>
    private static readonly string[] PupilColumns = ["studentuniqueid", "studentid", "pupilid", "upn", "sourcedid", "usersourcedid", "identifier", "caseloadpupils"];

    /// <summary>Lines of a table, counted from 1. In a table none of whose columns is known to name a pupil, every column is looked at.</summary>
    public static (HashSet<int> Lines, Encoding Encoding, int BomBytes)? OfTable(Stream file, DistrictFormats formats, NumberMatch match, CancellationToken cancellationToken)
    {
        if (CsvEncoding.Find(file, stated: null, cancellationToken) is not CsvEncoding.Found encoding) return null;
        var pupilNames = formats.Profiles.All
            .SelectMany(profile => profile.Columns.TryGetValue(CsvField.Student, out var names) ? names : [])
            .Select(CsvColumns.Normalize).Concat(PupilColumns).ToHashSet(StringComparer.Ordinal);
        file.Position = encoding.BomBytes;
        var sample = new byte[SampleBytes];
        var read = file.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
        var dialect = CsvDialect.Find(encoding.Encoding.GetString(sample, 0, read), null, name => pupilNames.Contains(CsvColumns.Normalize(name)));
        var found = dialect as CsvDialect.Found ?? new CsvDialect.Found(',', false, "");
        var records = CsvLayout.Open(file, encoding.Encoding, encoding.BomBytes, found.Delimiter);
        if (found.HasSeparatorLine) records.Read();
        var columns = new List<int>();
        if (records.Read() == CsvStep.Record)
            for (var i = 0; i < records.FieldCount; i++)
                if (pupilNames.Contains(CsvColumns.Normalize(SpreadsheetText.Unwrap(records[i]).ToString()))) columns.Add(i);
        var lines = new HashSet<int>();
        for (var step = records.Read(); step != CsvStep.End; step = records.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step == CsvStep.Record ? IsAbout(records, columns, match) : match.IsMentionedIn(records.Raw)) AddLines(lines, records);
        }
        return (lines, encoding.Encoding, encoding.BomBytes);
    }

    /// <summary>Lines of a file of one JSON object a line.</summary>
    public static async Task<HashSet<int>> OfObjectsAsync(Stream file, NumberMatch match, CancellationToken cancellationToken)
    {
        var lines = new HashSet<int>();
        using var reader = new StreamReader(file, leaveOpen: true);
        for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
            if (IsAbout(line, match)) lines.Add(number);
        return lines;
    }

    /// <summary>Copies a file without what stands in some lines; their ends stay.</summary>
    public static async Task CopyAsync(Stream from, Stream to, HashSet<int> without, Encoding encoding, int bomBytes, CancellationToken cancellationToken)
    {
        var bigEndian = encoding.CodePage == Encoding.BigEndianUnicode.CodePage;
        var unit = bigEndian || encoding.CodePage == Encoding.Unicode.CodePage ? 2 : 1;
        var bytes = new byte[ChunkBytes];
        var kept = new byte[ChunkBytes];
        from.Position = 0;
        await from.ReadExactlyAsync(bytes.AsMemory(0, bomBytes), cancellationToken);
        await to.WriteAsync(bytes.AsMemory(0, bomBytes), cancellationToken);
        var line = 1;
        var afterReturn = false;
        for (int read; (read = await from.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
        {
            var length = 0;
            for (var at = 0; at < read; at += unit)
            {
                var c = unit == 1 || at + 1 >= read ? bytes[at] : bigEndian ? (bytes[at] << 8) | bytes[at + 1] : bytes[at] | (bytes[at + 1] << 8);
                // The line feed of a pair belongs to the line that its return has ended.
                if (afterReturn && c != '\n') line++;
                var isEnd = c is '\r' or '\n';
                if (isEnd || !without.Contains(line))
                    for (var i = at; i < Math.Min(at + unit, read); i++) kept[length++] = bytes[i];
                if (c == '\n') line++;
                afterReturn = c == '\r';
            }
            await to.WriteAsync(kept.AsMemory(0, length), cancellationToken);
        }
    }

    private static bool IsAbout(CsvRecordReader records, List<int> columns, NumberMatch match)
    {
        if (columns.Count == 0)
        {
            for (var i = 0; i < records.FieldCount; i++)
                if (match.Is(SpreadsheetText.Unwrap(records[i]))) return true;
            return false;
        }
        foreach (var column in columns)
            // A caseload names several, parted by ';'.
            if (column < records.FieldCount && (match.Is(SpreadsheetText.Unwrap(records[column])) || match.IsMentionedIn(records[column]))) return true;
        // A row of another length than its header has been moved: the number may stand anywhere.
        return records.FieldCount <= columns[^1] && match.IsMentionedIn(records.Raw);
    }

    private static bool IsAbout(string line, NumberMatch match)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("studentUniqueId", out var id) && id.ValueKind == JsonValueKind.String
                ? match.Is(id.GetString())
                : match.IsMentionedIn(line);
        }
        catch (JsonException)
        {
            return match.IsMentionedIn(line);
        }
    }

    private static void AddLines(HashSet<int> lines, CsvRecordReader records)
    {
        var line = records.Line;
        lines.Add(line);
        var raw = records.Raw;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] is not ('\r' or '\n')) continue;
            if (raw[i] == '\r' && i + 1 < raw.Length && raw[i + 1] == '\n') i++;
            lines.Add(++line);
        }
    }
}
