using System.Text;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Feeds.Tables;

/// <summary>A text file opened in the encoding it turned out to be in; or why it cannot be read.</summary>
internal sealed record DecodedText(TextReader? Reader, string Concluded, string? Refused);

/// <summary>Opens a text file in its encoding.</summary>
internal static class TextDecoding
{
    /// <summary>The stream is left open. A seekable one is looked through first (<see cref="CsvEncoding"/>). Any other, such as
    /// a file inside a zip, must be UTF-8 or have a byte order mark; a later fault shows as
    /// <see cref="DecoderFallbackException"/>.</summary>
    public static DecodedText Open(Stream stream, CancellationToken cancellationToken)
    {
        if (!stream.CanSeek) return OpenForward(new PrefixedStream(stream, 4));
        if (stream.Length == 0) return new DecodedText(null, "", "The file is empty.");
        switch (CsvEncoding.Find(stream, stated: null, cancellationToken))
        {
            case CsvEncoding.Found found:
                stream.Position = found.BomBytes;
                return new DecodedText(Reader(stream, found.Encoding), found.Concluded, null);
            case CsvEncoding.Refused refused:
                return new DecodedText(null, "", refused.Why);
            default:
                throw new InvalidOperationException("An encoding is found or refused.");
        }
    }

    private static DecodedText OpenForward(PrefixedStream stream)
    {
        if (stream.Prefix.IsEmpty) return new DecodedText(null, "", "The file is empty.");
        Encoding encoding = stream.Prefix.StartsWith(Encoding.Unicode.Preamble) ? new UnicodeEncoding(false, true, true)
            : stream.Prefix.StartsWith(Encoding.BigEndianUnicode.Preamble) ? new UnicodeEncoding(true, true, true)
            : new UTF8Encoding(true, true);
        return new DecodedText(Reader(stream, encoding), $"Encoding: {encoding.WebName}.", null);
    }

    private static StreamReader Reader(Stream stream, Encoding encoding) =>
        new(stream, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
}
