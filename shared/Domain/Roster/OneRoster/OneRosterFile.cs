using System.Globalization;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Tables;

namespace SchoolSignal.Domain.Roster.OneRoster;

/// <summary>A file of the bundle cannot be used; the message is for the sender. Caught where the bundle is read.</summary>
internal sealed class OneRosterFault(string message) : Exception(message);

/// <summary>One CSV file of a bundle, read row by row.</summary>
internal sealed class OneRosterFile : IDisposable
{
    private readonly Stream stream;
    private readonly CsvTable table;
    private readonly string name;
    private readonly int status;

    private OneRosterFile(Stream stream, CsvTable table, string name)
    {
        this.stream = stream;
        this.table = table;
        this.name = name;
        status = table.Column("status");
    }

    public int RowNumber => table.RowNumber;

    /// <summary>The row takes back what an earlier bundle said. A blank status is legal in a bulk file and means active.</summary>
    public bool IsDeleted => table.Field(status).Equals("tobedeleted", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null if the bundle has no such file.</summary>
    public static OneRosterFile? Open(OneRosterBundle bundle, string name, CancellationToken cancellationToken)
    {
        if (bundle.Open(name) is not { } stream) return null;
        var (table, refused) = CsvTable.Open(stream, cancellationToken);
        if (table is not null) return new OneRosterFile(stream, table, name);
        stream.Dispose();
        throw new OneRosterFault($"{name}: {refused}");
    }

    /// <summary>Every row with as many fields as the header; the others are refused.</summary>
    public bool Next(RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        while (table.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!table.IsRagged && !table.HasInvalidText) return true;
            Refuse(refuse, table.IsRagged ? RefusalReason.RaggedRow : RefusalReason.InvalidEncoding, "");
        }
        return table.Refused is { } why ? throw new OneRosterFault($"{name}: {why}") : false;
    }

    public int Column(string column) => table.Column(column);

    public int Needed(string column) =>
        table.Column(column) is >= 0 and var i ? i : throw new OneRosterFault($"{name} has no column {column}. Its columns are: {string.Join(", ", table.Headers)}.");

    public ReadOnlySpan<char> Field(int column) => table.Field(column);

    /// <summary>Null if empty; false if it is no ISO date.</summary>
    public bool TryDate(int column, out DateOnly? date)
    {
        date = null;
        var text = table.Field(column);
        if (text.IsEmpty) return true;
        if (!TableDates.IsoOnly.TryParse(text, out var read)) return false;
        date = read;
        return true;
    }

    /// <summary>The ids of a list such as "a,b".</summary>
    public string[] List(int column) =>
        table.Field(column).ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public void Refuse(RefusedRowHandler refuse, RefusalReason reason, string field) =>
        refuse(new RefusedRow(RowNumber, reason, string.Create(CultureInfo.InvariantCulture, $"{name}{(field.Length > 0 ? "/" : "")}{field}"), table.RawRow()));

    public void Dispose()
    {
        table.Dispose();
        stream.Dispose();
    }
}
