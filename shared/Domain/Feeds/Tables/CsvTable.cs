using System.Text;
using SchoolSignal.Domain.Attendance.CodeSets;
using Sylvan.Data.Csv;

namespace SchoolSignal.Domain.Feeds.Tables;

/// <summary>A CSV file with a header, read row by row: the small tables (rosters, calendars). Attendance has its own reader,
/// <c>Feeds/Csv</c>.</summary>
internal sealed class CsvTable : IDisposable
{
    /// <summary>The longest row, in characters.</summary>
    private const int MaxRow = 1024 * 1024;

    private readonly CsvDataReader csv;
    private readonly string[] columns;

    private CsvTable(CsvDataReader csv, string concluded)
    {
        this.csv = csv;
        Concluded = concluded;
        columns = new string[csv.FieldCount];
        Headers = new string[csv.FieldCount];
        for (var i = 0; i < columns.Length; i++)
        {
            Headers[i] = csv.GetName(i).Trim();
            columns[i] = Normal(Headers[i]);
        }
    }

    /// <summary>The encoding, in words.</summary>
    public string Concluded { get; }

    /// <summary>As written in the file.</summary>
    public string[] Headers { get; }

    /// <summary>1-based, the header counting as 1.</summary>
    public int RowNumber { get; private set; } = 1;

    /// <summary>Why the file as a whole cannot be used; known once <see cref="Next"/> has returned false.</summary>
    public string? Refused { get; private set; }

    /// <summary>The row has more or fewer fields than the header, empty ones at its end aside.</summary>
    public bool IsRagged { get; private set; }

    /// <summary>The table, or why there is none. The stream is left open.</summary>
    public static (CsvTable? Table, string? Refused) Open(Stream stream, CancellationToken cancellationToken)
    {
        var text = TextDecoding.Open(stream, cancellationToken);
        if (text.Reader is null) return (null, text.Refused);
        try
        {
            var csv = CsvDataReader.Create(text.Reader, new CsvDataReaderOptions
            {
                Comment = '\0',
                BufferSize = 64 * 1024,
                MaxBufferSize = MaxRow,
                HeaderComparer = StringComparer.OrdinalIgnoreCase,
            });
            var table = new CsvTable(csv, text.Concluded);
            var twice = table.columns.Where(c => c.Length > 0).GroupBy(c => c).FirstOrDefault(g => g.Count() > 1);
            if (twice is null) return (table, null);
            table.Dispose();
            return (null, $"Two columns are headed \"{twice.Key}\": rename or remove one.");
        }
        catch (CsvMissingHeadersException)
        {
            return (null, "The file holds no header and no rows.");
        }
        catch (Exception fault) when (Words(fault) is not null)
        {
            return (null, Words(fault));
        }
    }

    /// <summary>The column of the first of these names that is there, compared by letters and digits only; -1 if none is.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Array.IndexOf(columns, Normal(name)) is >= 0 and var i) return i;
        return -1;
    }

    /// <summary>Goes to the next row that is not blank; false at the end or where the file cannot be read on.</summary>
    public bool Next()
    {
        try
        {
            while (csv.Read())
            {
                RowNumber++;
                if (IsBlank()) continue;
                IsRagged = csv.RowFieldCount < columns.Length || HasMore();
                return true;
            }
        }
        catch (Exception fault) when (Words(fault) is not null)
        {
            Refused = Words(fault);
        }
        return false;
    }

    /// <summary>A field, trimmed and freed of the ="..." that spreadsheets wrap codes in; empty for column -1 or a missing one.</summary>
    public ReadOnlySpan<char> Field(int column)
    {
        if (column < 0 || column >= csv.RowFieldCount) return default;
        return SpreadsheetText.Unwrap(csv.GetFieldSpan(column));
    }

    /// <summary>The row holds bytes that are no text in the file's encoding.</summary>
    public bool HasInvalidText => csv.GetRawRecordSpan().Contains('\uFFFD');

    /// <summary>The row as received, without its line end.</summary>
    public string RawRow() => csv.GetRawRecordSpan().TrimEnd("\r\n").ToString();

    public void Dispose() => csv.Dispose();

    private bool IsBlank()
    {
        for (var i = 0; i < csv.RowFieldCount; i++)
            if (!csv.GetFieldSpan(i).Trim().IsEmpty) return false;
        return true;
    }

    private bool HasMore()
    {
        for (var i = columns.Length; i < csv.RowFieldCount; i++)
            if (!csv.GetFieldSpan(i).Trim().IsEmpty) return true;
        return false;
    }



    private static string Normal(string header)
    {
        var builder = new StringBuilder(header.Length);
        foreach (var c in header)
            if (char.IsLetterOrDigit(c)) builder.Append(char.ToLowerInvariant(c));
        return builder.ToString();
    }

    private static string? Words(Exception fault) => fault switch
    {
        DecoderFallbackException => "The file is not valid text in its encoding. Save it as UTF-8.",
        CsvRecordTooLargeException => "A row never ends: a quote is opened and not closed.",
        CsvFormatException => "A quote is not closed or stands in the wrong place.",
        _ => null,
    };
}
