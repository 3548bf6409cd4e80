using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Writes a published table as CSV that a spreadsheet opens as text and numbers: a column for each dimension, and the count, or
/// <c>hidden</c>.</summary>
public static class PublishedTableCsv
{
    public const string Hidden = "hidden";

    public static void Write(PublishedTable table, TextWriter writer, string count = "count")
    {
        var csv = new CsvCellWriter(writer);
        foreach (var dimension in table.Shape.Dimensions) csv.Cell(dimension.Name);
        csv.Cell(count);
        csv.EndRow();
        for (var i = 0; i < table.Counts.Count; i++)
        {
            foreach (var code in table.Shape.CodesAt(i)) csv.Cell(code.ToString());
            if (table.Counts[i] is { } shown) csv.Cell(shown);
            else csv.Cell(Hidden);
            csv.EndRow();
        }
    }
}
