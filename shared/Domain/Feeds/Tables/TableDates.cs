using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Feeds.Tables;

/// <summary>How the dates of a small table are written: settled by the whole file, as for attendance
/// (<see cref="DateCensus"/>), or ISO where the file cannot be read twice.</summary>
internal sealed class TableDates
{
    private static readonly DateFormat Iso = DateFormat.Known[0];

    private readonly IReadOnlyList<DateFormat> formats;

    private TableDates(IReadOnlyList<DateFormat> formats, string concluded) => (this.formats, Concluded) = (formats, concluded);

    public static TableDates IsoOnly { get; } = new([Iso], "Dates: yyyy-MM-dd.");

    public string Concluded { get; }

    /// <summary>Reads the date columns of a seekable stream through and sets it back to its start.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="columns">Finds the date columns, -1 for one that is not there; the first gives its name to a refusal.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    public static (TableDates? Dates, string? Refused) Settle(Stream stream, Func<CsvTable, int[]> columns, CancellationToken cancellationToken)
    {
        if (!stream.CanSeek) return (IsoOnly, null);
        stream.Position = 0;
        var (table, refused) = CsvTable.Open(stream, cancellationToken);
        if (table is null) return (null, refused);
        var census = new DateCensus(stated: null);
        string name;
        using (table)
        {
            var dates = Array.FindAll(columns(table), c => c >= 0);
            name = dates.Length > 0 ? table.Headers[dates[0]] : "";
            while (table.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var column in dates) census.Add(table.Field(column));
            }
        }
        stream.Position = 0;
        return census.Settle(name) switch
        {
            DateOutcome.Settled settled => (new TableDates(settled.Formats, settled.Concluded), null),
            DateOutcome.Refused ambiguous => (null, ambiguous.Why),
            _ => throw new InvalidOperationException("Dates are settled or refused."),
        };
    }

    public bool TryParse(ReadOnlySpan<char> text, out DateOnly date)
    {
        foreach (var format in formats)
            if (format.TryParse(text, out date)) return true;
        date = default;
        return false;
    }
}
