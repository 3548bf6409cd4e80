using System.Buffers;
using System.Globalization;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Writes CSV that a spreadsheet opens as text: a cell that begins like a formula gets a leading apostrophe, and a cell
/// that holds any usual delimiter, a quote or a line end is quoted (OWASP ASVS 1.2.10). Lines end in CRLF (RFC 4180).</summary>
public sealed class CsvCellWriter(TextWriter writer, char delimiter = ',')
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",;|^\t\"\r\n\0");

    private bool rowHasCells;

    /// <summary>A text cell, made safe.</summary>
    public void Cell(ReadOnlySpan<char> text)
    {
        Separate();
        var isFormula = BeginsLikeFormula(text);
        var quoted = text.ContainsAny(NeedQuotes) || text.Contains(delimiter) || (!text.IsEmpty && (text[0] == ' ' || text[^1] == ' '));
        if (quoted) writer.Write('"');
        if (isFormula) writer.Write('\'');
        foreach (var c in text)
        {
            if (c == '"') writer.Write('"');
            writer.Write(c);
        }
        if (quoted) writer.Write('"');
    }

    /// <summary>A number: a leading minus sign stays, since nothing can follow it but digits.</summary>
    public void Cell(decimal number)
    {
        Separate();
        writer.Write(number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Text that is CSV already, such as a row as it was received. It is not made safe.</summary>
    public void AsReceived(ReadOnlySpan<char> cells)
    {
        Separate();
        writer.Write(cells);
    }

    public void EndRow()
    {
        writer.Write("\r\n");
        rowHasCells = false;
    }

    /// <summary>Whether a spreadsheet would take the text for a formula: it begins with = + - @, a tab, a carriage return or a zero
    /// byte, or with a full-width = + - @.</summary>
    public static bool BeginsLikeFormula(ReadOnlySpan<char> text) =>
        !text.IsEmpty && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\0' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20';

    private void Separate()
    {
        if (rowHasCells) writer.Write(delimiter);
        rowHasCells = true;
    }
}
