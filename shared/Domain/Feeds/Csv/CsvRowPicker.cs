namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Finds rows of a CSV again by their numbers, as they were received: for rows that were refused only after the
/// file had been read.</summary>
public static class CsvRowPicker
{
    /// <param name="stream">Seekable; read from its beginning.</param>
    /// <param name="options">As the file was read the first time.</param>
    /// <returns>The rows' texts by number; empty if the file is not read that way any more.</returns>
    public static Dictionary<int, string> Pick(Stream stream, CsvReadOptions options, IReadOnlySet<int> rowNumbers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(rowNumbers);
        var found = new Dictionary<int, string>();
        if (rowNumbers.Count == 0 || new CsvLayoutFinder(options, cancellationToken).Find(stream) is not LayoutOutcome.Settled { Layout: var layout })
            return found;
        var records = layout.OpenRows(stream);
        while (found.Count < rowNumbers.Count && records.Read() != CsvStep.End)
            if (rowNumbers.Contains(records.Line)) found[records.Line] = records.Raw.ToString();
        return found;
    }
}
