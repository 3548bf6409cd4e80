namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Writes a feed's refused rows so that the sender can mend and send them again: the columns exactly as they were
/// received, behind a column that says why. The reader passes over that column when the file comes back.</summary>
/// <remarks>The received columns are not made formula-safe, since a mended row must be what was sent.</remarks>
public sealed class RefusedRowsCsv
{
    public const string ReasonColumn = "refusedBecause";

    private readonly CsvCellWriter cells;
    private readonly bool hasHeader;

    /// <summary>Begins with the line of column names.</summary>
    /// <param name="header">The header as received (<see cref="ReadOutcome.Read.Header"/>); empty for a feed that was not CSV,
    /// whose rows then stand in one column.</param>
    /// <param name="delimiter">The received file's own.</param>
    public RefusedRowsCsv(TextWriter writer, string header, char delimiter)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(header);
        cells = new CsvCellWriter(writer, delimiter);
        hasHeader = header.Length > 0;
        cells.Cell(ReasonColumn);
        if (hasHeader)
        {
            cells.AsReceived(header);
        }
        else
        {
            cells.Cell("row");
            cells.Cell("received");
        }
        cells.EndRow();
    }

    public void Write(RefusedRow row)
    {
        cells.Cell(row.Field.Length > 0 ? $"{row.Reason}: {row.Field}" : row.Reason.ToString());
        if (hasHeader)
        {
            cells.AsReceived(row.RawText);
        }
        else
        {
            cells.Cell(row.RowNumber);
            cells.Cell(row.RawText);
        }
        cells.EndRow();
    }

    public void Write(IEnumerable<RefusedRow> rows)
    {
        foreach (var row in rows) Write(row);
    }
}
