using System.Buffers;
using System.Text;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Finds the encoding of a file from its bytes, all of them: a byte-order mark, UTF-16 by its zero bytes, valid
/// UTF-8, else Windows-1252, but not where that would make nonsense of Shift-JIS. Invalid bytes in a file that is otherwise UTF-8 cost their rows, not the file.</summary>
internal abstract record CsvEncoding
{
    public sealed record Found(Encoding Encoding, int BomBytes, string Concluded) : CsvEncoding;

    public sealed record Refused(string Why) : CsvEncoding;

    private const int SampleBytes = 4096;

    public static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Bytes that Windows-1252 leaves undefined become U+FFFD, so that their rows are refused.</summary>
    public static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(
        1252, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))!;

    /// <summary>The encodings a profile may name.</summary>
    public static Encoding? ByName(string name) => name.ToLowerInvariant() switch
    {
        "utf-8" or "utf8" => Utf8,
        "utf-16" or "utf-16le" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "shift-jis" or "shift_jis" or "windows-31j" or "cp932" => ShiftJis.Encoding,
        "windows-1252" or "cp1252" or "latin1" or "iso-8859-1" => Windows1252,
        _ => null,
    };

    /// <summary>Reads the stream from its beginning; leaves it anywhere.</summary>
    /// <param name="stated">The profile's encoding; a byte-order mark that says otherwise wins.</param>
    public static CsvEncoding Find(Stream stream, Encoding? stated, CancellationToken ct)
    {
        stream.Position = 0;
        var bytes = new byte[128 * 1024];
        var read = stream.ReadAtLeast(bytes, SampleBytes, throwOnEndOfStream: false);
        var sample = bytes.AsSpan(0, Math.Min(read, SampleBytes));
        if (NotText(sample) is { } why) return new Refused(why);
        if (sample.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return new Found(Utf8, 3, "Encoding: UTF-8 (byte-order mark).");
        if (sample.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return new Found(Encoding.Unicode, 2, "Encoding: UTF-16, little end first (byte-order mark).");
        if (sample.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return new Found(Encoding.BigEndianUnicode, 2, "Encoding: UTF-16, big end first (byte-order mark).");
        if (stated is not null) return new Found(stated, 0, $"Encoding: {stated.WebName} (profile).");
        if (Utf16WithoutMark(sample) is { } utf16) return utf16;
        return Utf8OrWindows(stream, bytes, read, ct);
    }

    private static string? NotText(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\u0003\u0004"u8)) return "This is a zip archive or an Excel workbook (.xlsx), not a CSV file. Save the sheet as CSV and send that.";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0])) return "This is an Excel workbook (.xls), not a CSV file. Save the sheet as CSV and send that.";
        if (start.StartsWith("%PDF"u8)) return "This is a PDF document, not a CSV file. Export the attendance as CSV and send that.";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) || start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            return "The file is encoded as UTF-32, which is not read here. Save it as UTF-8 and send it again.";
        return null;
    }

    /// <summary>Text in Latin letters has a zero in every other byte; three in four of them (inclusive) decide.</summary>
    private static Found? Utf16WithoutMark(ReadOnlySpan<byte> sample)
    {
        int even = 0, odd = 0, pairs = sample.Length / 2;
        for (var i = 0; i + 1 < sample.Length; i += 2)
        {
            if (sample[i] == 0) even++;
            if (sample[i + 1] == 0) odd++;
        }
        if (pairs < 2) return null;
        if (odd * 4 >= pairs * 3 && even * 8 <= pairs) return new Found(Encoding.Unicode, 0, "Encoding: UTF-16, little end first (no byte-order mark; told by its zero bytes).");
        if (even * 4 >= pairs * 3 && odd * 8 <= pairs) return new Found(Encoding.BigEndianUnicode, 0, "Encoding: UTF-16, big end first (no byte-order mark; told by its zero bytes).");
        return null;
    }

    private static CsvEncoding Utf8OrWindows(Stream stream, byte[] bytes, int read, CancellationToken ct)
    {
        long invalid = 0, multiByte = 0;
        var carried = 0;
        while (read > 0)
        {
            ct.ThrowIfCancellationRequested();
            var chunk = bytes.AsSpan(0, carried + read);
            carried = 0;
            carried = Count(chunk, ref multiByte, ref invalid);
            if (carried > 0) chunk[^carried..].CopyTo(bytes);
            read = stream.Read(bytes, carried, bytes.Length - carried);
        }
        if (carried > 0) invalid++;
        if (invalid == 0) return new Found(Utf8, 0, "Encoding: UTF-8.");
        if (multiByte > invalid) return new Found(Utf8, 0, "Encoding: UTF-8, with some bytes that are not UTF-8; rows that need them are refused.");
        stream.Position = 0;
        return ShiftJis.LooksLike(bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)))
            ? new Refused("The file looks like Japanese text in Shift-JIS. Save it as UTF-8 and send it again, or name a profile whose encoding is shift-jis.")
            : new Found(Windows1252, 0, "Encoding: Windows-1252, because the file is not valid UTF-8.");
    }

    /// <summary>Counts valid and invalid sequences; returns how many bytes at the end belong to an unfinished one.</summary>
    private static int Count(ReadOnlySpan<byte> chunk, ref long multiByte, ref long invalid)
    {
        while (!chunk.IsEmpty)
        {
            var plain = chunk.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (plain < 0) return 0;
            chunk = chunk[plain..];
            switch (Rune.DecodeFromUtf8(chunk, out _, out var length))
            {
                case OperationStatus.Done: multiByte++; break;
                case OperationStatus.NeedMoreData: return chunk.Length;
                default: invalid++; break;
            }
            chunk = chunk[length..];
        }
        return 0;
    }
}
