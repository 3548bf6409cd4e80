namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Finds rows of a CSV again by their numbers, as they were received: for rows that were refused only after the
/// file had been read.</summary>
public static class CsvRowPicker
{
    /// <param name="stream">Seekable; read from its beginning, as far as the rows taken ask for.</param>
    /// <param name="options">As the file was read the first time.</param>
    /// <param name="rowNumbers">Ascending; a number may come several times.</param>
    /// <returns>Each of the rows once, in the file's order; none if the file is not read that way any more.</returns>
    public static IEnumerable<(int Line, string Text)> Pick(Stream stream, CsvReadOptions options, IEnumerable<int> rowNumbers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(rowNumbers);
        return Rows();

        IEnumerable<(int, string)> Rows()
        {
            using var wanted = rowNumbers.GetEnumerator();
            if (!wanted.MoveNext() || new CsvLayoutFinder(options, cancellationToken).Find(stream) is not LayoutOutcome.Settled { Layout: var layout }) yield break;
            var records = layout.OpenRows(stream);
            while (records.Read() != CsvStep.End)
            {
                while (wanted.Current < records.Line)
                    if (!wanted.MoveNext()) yield break;
                if (wanted.Current == records.Line) yield return (records.Line, records.Raw.ToString());
            }
        }
    }
}
