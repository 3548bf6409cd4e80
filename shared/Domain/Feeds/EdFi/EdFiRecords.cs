using System.Text;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Reads the records of an Ed-Fi file, bulk XML or API JSON, whichever it is.</summary>
internal static class EdFiRecords
{
    /// <summary>Null when the whole file was read, else why it cannot be used; what was handed on before is then void.</summary>
    public static string? Read(Stream stream, EdFiRecordHandler handler, CancellationToken cancellationToken)
    {
        var buffered = new PrefixedStream(stream, 512);
        return LooksLikeXml(buffered.Prefix) ? EdFiXml.Read(buffered, handler, cancellationToken)
            : EncodingOf(buffered.Prefix) is { } utf16 ? EdFiJson.Read(Encoding.CreateTranscodingStream(buffered, utf16, Encoding.UTF8), handler, cancellationToken)
            : EdFiJson.Read(buffered, handler, cancellationToken);
    }

    /// <summary>Whether the first visible character is '&lt;', in UTF-8 or UTF-16.</summary>
    internal static bool LooksLikeXml(ReadOnlySpan<byte> head)
    {
        foreach (var b in head)
        {
            if (b is 0xEF or 0xBB or 0xBF or 0xFE or 0xFF or 0 or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            return b == (byte)'<';
        }
        return false;
    }

    private static UnicodeEncoding? EncodingOf(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? new UnicodeEncoding(bigEndian: false, byteOrderMark: true)
        : head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? new UnicodeEncoding(bigEndian: true, byteOrderMark: true)
        : null;
}
