using System.Text;

namespace SchoolSignal.Domain.Observations;

/// <summary>The free-text note of a form: any writing system, stored and shown as text.</summary>
public static class ObservationNote
{
    /// <summary>In UTF-16 code units, as a browser's text field counts; inclusive.</summary>
    public const int MaxLength = 4000;

    /// <summary>The note as it is kept: line ends as <c>\n</c>, a word processor's soft line ends too, and without the control
    /// characters that no keyboard types. Direction marks and joiners of emoji stay.</summary>
    /// <returns>Null if nothing is left.</returns>
    public static string? Clean(string? note)
    {
        if (string.IsNullOrWhiteSpace(note)) return null;
        var text = new StringBuilder(note.Length);
        var lines = note.ReplaceLineEndings("\n");
        for (var i = 0; i < lines.Length; i++)
        {
            var c = lines[i];
            if (c == '\v') text.Append('\n');
            else if (IsHalfOfAPair(lines, i)) text.Append('\uFFFD');
            else if (!char.IsControl(c) || c is '\n' or '\t') text.Append(c);
        }
        var cleaned = text.ToString().Trim();
        return cleaned.Length == 0 ? null : cleaned;
    }

    private static bool IsHalfOfAPair(string text, int at) =>
        char.IsHighSurrogate(text[at]) ? at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1])
        : char.IsLowSurrogate(text[at]) && (at == 0 || !char.IsHighSurrogate(text[at - 1]));
}
