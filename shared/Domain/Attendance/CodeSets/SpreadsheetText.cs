namespace SchoolSignal.Domain.Attendance.CodeSets;

/// <summary>Undoes what exports do to keep a spreadsheet from changing a value.</summary>
public static class SpreadsheetText
{
    /// <summary>The value inside <c>="A"</c> or behind the apostrophe of <c>'A</c>; any other text as it is, trimmed.</summary>
    public static ReadOnlySpan<char> Unwrap(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length >= 3 && text[0] == '=' && text[1] == '"' && text[^1] == '"') return text[2..^1].Trim();
        if (text.Length >= 2 && text[0] == '\'') return text[1..].Trim();
        return text;
    }
}
