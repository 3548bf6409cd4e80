using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

/// <summary>Public hostile files, where <c>SCHOOLSIGNAL_CONFORMANCE_DATA</c> names the folder that holds them.</summary>
public sealed class CsvConformanceTests
{
    private static readonly string? Data = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_CONFORMANCE_DATA");

    /// <summary>Files whose collection asks for something else than a school would: UTF-16 is read (of its two files
    /// one is ASCII behind a UTF-16 mark, the other a mark alone), and a backslash does not escape a quote (RFC 4180), so
    /// that row is refused.</summary>
    private static readonly Dictionary<string, string> Ours = new()
    {
        ["encoding_utf16le.csv"] = "E_DIALECT",
        ["utf16le_bom.csv"] = "E_HEADERS",
        ["backslash_escape.csv"] = "E_CSV_PARSE",
    };

    [Fact]
    public void Torture_EveryFile_HasItsOutcome()
    {
        Assert.SkipWhen(Data is null, "SCHOOLSIGNAL_CONFORMANCE_DATA is not set.");
        var folder = Path.Combine(Data!, "csv-torture");
        var files = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "README.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            var cells = line.Replace("`|`", "`BAR`", StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries);
            var (file, delimiter) = (cells[1].Trim('`'), cells[4].Trim('`'));
            var expected = Ours.GetValueOrDefault(file, cells[3].Trim('`'));
            Assert.True(Outcome(Path.Combine(folder, file), Delimiter(delimiter)) == expected, $"{file}: {Outcome(Path.Combine(folder, file), Delimiter(delimiter))}, not {expected}");
            CsvReading.Of(File.ReadAllBytes(Path.Combine(folder, file)));
            files++;
        }
        Assert.True(files > 80, $"{files} files");
    }

    private static char? Delimiter(string name) => name switch
    {
        "n/a" => null,
        "BAR" => '|',
        "\\t" => '\t',
        _ when name.StartsWith("0x", StringComparison.Ordinal) => (char)int.Parse(name[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        _ => name[0],
    };

    /// <summary>In the collection's words.</summary>
    private static string Outcome(string path, char? expectedDelimiter)
    {
        using var stream = File.OpenRead(path);
        if (CsvEncoding.Find(stream, null, CancellationToken.None) is not CsvEncoding.Found encoding) return "E_ENCODING";
        var text = encoding.Encoding.GetString(File.ReadAllBytes(path).AsSpan(encoding.BomBytes));
        if (text.Contains('\0', StringComparison.Ordinal)) return "E_ENCODING";
        if (string.IsNullOrWhiteSpace(text)) return "E_HEADERS";
        // Character 0x01 is used only where it is named.
        char? named = expectedDelimiter == '\u0001' ? expectedDelimiter : null;
        if (CsvDialect.Find(text, named, _ => false) is not CsvDialect.Found dialect) return "E_DIALECT";
        Assert.True(expectedDelimiter is null || expectedDelimiter == dialect.Delimiter, $"{path}: {CsvDialect.Word(dialect.Delimiter)}");
        stream.Position = encoding.BomBytes;
        var records = new CsvRecordReader(stream, encoding.Encoding, dialect.Delimiter);
        if (dialect.HasSeparatorLine) records.Read();
        if (records.Read() == CsvStep.End) return "E_HEADERS";
        var header = Enumerable.Range(0, records.FieldCount).Select(i => records[i].Trim().ToString()).Where(name => name.Length > 0).ToList();
        if (header.Distinct().Count() < header.Count) return "E_HEADERS";
        var columns = records.FieldCount;
        for (var step = records.Read(); step != CsvStep.End; step = records.Read())
        {
            if (step == CsvStep.BrokenQuote) return "E_CSV_PARSE";
            for (var i = columns; i < records.FieldCount; i++)
                if (!records[i].IsWhiteSpace()) return "E_HEADERS";
        }
        return "parse_ok";
    }

    [Fact]
    public void Spectrum_EveryFile_AgreesWithItsJsonTwin()
    {
        Assert.SkipWhen(Data is null, "SCHOOLSIGNAL_CONFORMANCE_DATA is not set.");
        var files = Directory.GetFiles(Path.Combine(Data!, "csv-spectrum", "csvs"), "*.csv");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            var records = new CsvRecordReader(stream, CsvEncoding.Utf8, ',');
            Assert.Equal(CsvStep.Record, records.Read());
            var header = Enumerable.Range(0, records.FieldCount).Select(i => records[i].ToString()).ToArray();
            using var twin = JsonDocument.Parse(File.ReadAllBytes(file.Replace("csvs", "json", StringComparison.Ordinal).Replace(".csv", ".json", StringComparison.Ordinal)));
            foreach (var expected in twin.RootElement.EnumerateArray())
            {
                Assert.Equal(CsvStep.Record, records.Read());
                for (var i = 0; i < header.Length; i++)
                    Assert.True(LineFeeds(records[i].ToString()) == LineFeeds(expected.GetProperty(header[i]).GetString()!), $"{Path.GetFileName(file)}, line {records.Line}, {header[i]}");
            }
            Assert.Equal(CsvStep.End, records.Read());
        }
    }

    /// <summary>A checkout may have changed the line ends of the CSV, but not those written out in its twin.</summary>
    private static string LineFeeds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    [Fact]
    public void Injection_EveryPayload_IsWrittenAsText()
    {
        Assert.SkipWhen(Data is null, "SCHOOLSIGNAL_CONFORMANCE_DATA is not set.");
        foreach (var payload in File.ReadLines(Path.Combine(Data!, "csv-injection", "csv-payload.txt")).Where(line => line.Length > 0))
        {
            using var writer = new StringWriter();
            var cells = new CsvCellWriter(writer);
            cells.Cell(payload);
            cells.Cell("x");
            cells.EndRow();
            var reading = new CsvRecordReader(new MemoryStream(CsvEncoding.Utf8.GetBytes(writer.ToString())), CsvEncoding.Utf8, ',');
            Assert.Equal(CsvStep.Record, reading.Read());
            Assert.Equal(2, reading.FieldCount);
            Assert.False(CsvCellWriter.BeginsLikeFormula(reading[0]), payload);
            // As an attendance code it is unknown, and nothing more.
            var attendance = CsvReading.Of($"date,studentId,code\n2024-09-05,1,\"{payload.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n", "us-daily");
            Assert.Equal(Domain.Attendance.Mark.Unknown, Assert.Single(attendance.Rows).Mark);
        }
    }
}
