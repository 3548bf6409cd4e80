using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>Writes a report's numbers as files.</summary>
public static class ReportFiles
{
    private static readonly string[] Columns =
        ["period", "from", "to", "revision", "measure", "category", "school", "grades", "value", "state", "margin"];

    /// <summary>One line for each number, in UTF-8 with a byte order mark, so that a spreadsheet reads names in any script. No cell is
    /// taken for a formula.</summary>
    public static byte[] Csv(IReadOnlyList<ReportFact> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var cells = new CsvCellWriter(text);
        foreach (var column in Columns) cells.Cell(column);
        cells.EndRow();
        foreach (var fact in facts)
        {
            cells.Cell(fact.Period);
            cells.Cell(Write(fact.From));
            cells.Cell(Write(fact.To));
            cells.Cell((decimal)fact.Revision);
            cells.Cell(fact.Measure);
            cells.Cell(fact.Category);
            cells.Cell(fact.School);
            cells.Cell(fact.Grades);
            Number(fact.Value);
            cells.Cell(fact.State.ToString());
            Number(fact.Margin);
            cells.EndRow();
        }
        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];

        void Number(decimal? number)
        {
            if (number is { } value) cells.Cell(value);
            else cells.Cell("");
        }
    }

    private static string Write(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
