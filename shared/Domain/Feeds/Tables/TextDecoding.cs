using System.Text;
using System.Text.Unicode;

namespace SchoolSignal.Domain.Feeds.Tables;

/// <summary>A text file opened in the encoding it turned out to be in; or why it cannot be read.</summary>
internal sealed record DecodedText(TextReader? Reader, string Encoding, string? Refused);

/// <summary>Works out the encoding of a text file: a byte order mark decides; without one it is UTF-8, or, where the bytes
/// are not valid UTF-8, Windows-1252 as older office programs write it.</summary>
internal static class TextDecoding
{
    /// <summary>The stream is left open. Only a seekable one can be checked before it is read: any other must be UTF-8 or
    /// have a byte order mark, and a later fault shows as <see cref="DecoderFallbackException"/>.</summary>
    public static DecodedText Open(Stream stream)
    {
        var buffered = new PrefixedStream(stream, 4096);
        var head = buffered.Prefix;
        if (head.IsEmpty) return new DecodedText(null, "", "The file is empty.");
        if (head.StartsWith(Encoding.UTF8.Preamble)) return Decode(buffered, new UTF8Encoding(true, true), "UTF-8");
        if (head.StartsWith(Encoding.UTF32.Preamble)) return Decode(buffered, new UTF32Encoding(false, true, true), "UTF-32");
        if (head.StartsWith(Encoding.Unicode.Preamble)) return Decode(buffered, new UnicodeEncoding(false, true, true), "UTF-16");
        if (head.StartsWith(Encoding.BigEndianUnicode.Preamble)) return Decode(buffered, new UnicodeEncoding(true, true, true), "UTF-16, big-endian");
        if (head.Count((byte)0) * 4 >= head.Length)
            return new DecodedText(null, "", "The file looks like UTF-16 or a binary file, without a byte order mark. Save it as UTF-8.");
        if (!stream.CanSeek || IsUtf8(stream)) return Decode(stream.CanSeek ? stream : buffered, new UTF8Encoding(false, true), "UTF-8");
        return Decode(stream, CodePagesEncodingProvider.Instance.GetEncoding(1252)!, "Windows-1252, as the bytes are not valid UTF-8");
    }

    private static DecodedText Decode(Stream stream, Encoding encoding, string name) =>
        new(new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true), name, null);

    /// <summary>Reads the stream through once and sets it back to its start.</summary>
    private static bool IsUtf8(Stream stream)
    {
        stream.Position = 0;
        var buffer = new byte[64 * 1024];
        var held = 0;
        var valid = true;
        while (valid)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(held), buffer.Length - held, throwOnEndOfStream: false);
            var last = read < buffer.Length - held;
            held += read;
            // A letter may be cut by the end of the buffer: at most three bytes go over to the next.
            var whole = last ? held : held - Math.Min(held, CutBytes(buffer.AsSpan(0, held)));
            valid = Utf8.IsValid(buffer.AsSpan(0, whole));
            buffer.AsSpan(whole, held - whole).CopyTo(buffer);
            held -= whole;
            if (last) break;
        }
        stream.Position = 0;
        return valid;
    }

    private static int CutBytes(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            var b = bytes[^back];
            if (b < 0x80) return 0;
            if (b >= 0xC0) return (b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2) > back ? back : 0;
        }
        return 0;
    }
}
