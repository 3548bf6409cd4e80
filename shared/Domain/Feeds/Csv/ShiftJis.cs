using System.Text;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Japanese text in Shift-JIS, as older Japanese systems export it. Read as Windows-1252 it would be nonsense that looks
/// like text, so it is told apart; it is read where a profile says so.</summary>
internal static class ShiftJis
{
    /// <summary>Bytes that are no character become U+FFFD, so that their rows are refused.</summary>
    public static readonly Encoding Encoding = CodePagesEncodingProvider.Instance.GetEncoding(
        932, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))!;

    /// <summary>Whether bytes that are not UTF-8 look like it: all of them are valid, half or more of the two-byte characters
    /// (inclusive) are kana or common kanji, and a third or more (inclusive) follow another. In Western text such pairs come alone (O’Brien), or begin
    /// with an accented letter (élève).</summary>
    /// <param name="text">The file's start; the last character may be cut.</param>
    public static bool LooksLike(ReadOnlySpan<byte> text)
    {
        int pairs = 0, common = 0, together = 0;
        var isBesideOne = false;
        for (var i = 0; i < text.Length; i++)
        {
            var lead = text[i];
            if (lead is <= 0x7F or (>= 0xA1 and <= 0xDF))
            {
                isBesideOne = false;
                continue;
            }
            if (lead is not ((>= 0x81 and <= 0x9F) or (>= 0xE0 and <= 0xFC))) return false;
            if (++i == text.Length) break;
            if (text[i] is not ((>= 0x40 and <= 0x7E) or (>= 0x80 and <= 0xFC))) return false;
            pairs++;
            if (lead <= 0x9F) common++;
            if (isBesideOne) together++;
            isBesideOne = true;
        }
        // Of a word of n characters n - 1 stand behind another.
        return pairs >= 2 && common * 2 >= pairs && together * 3 >= pairs;
    }
}
