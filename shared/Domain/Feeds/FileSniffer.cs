namespace SchoolSignal.Domain.Feeds;

/// <summary>What a file's first bytes show.</summary>
public enum SniffedFormat
{
    /// <summary>Nothing else: text in rows.</summary>
    Csv,
    Xml,
    Json,
    Zip,
    ICalendar,
}

/// <summary>Tells a file's format from its first bytes; a name can lie, and its bytes are read anyway.</summary>
public static class FileSniffer
{
    private const int Head = 512;

    /// <param name="file">Seekable; left at its beginning.</param>
    public static SniffedFormat Sniff(Stream file)
    {
        Span<byte> head = stackalloc byte[Head];
        file.Seek(0, SeekOrigin.Begin);
        var size = file.ReadAtLeast(head, Head, throwOnEndOfStream: false);
        file.Seek(0, SeekOrigin.Begin);
        head = head[..size];
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8)) return SniffedFormat.Zip;

        // UTF-16 text shows the same characters once its zero bytes are left out.
        Span<char> text = stackalloc char[Head];
        var length = 0;
        foreach (var b in head)
            if (b is > 0x20 and < 0x7F) text[length++] = (char)b;
        ReadOnlySpan<char> shown = text[..length];
        if (shown.StartsWith("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase)) return SniffedFormat.ICalendar;
        return shown switch
        {
            ['<', ..] => SniffedFormat.Xml,
            ['{', ..] or ['[', ..] => SniffedFormat.Json,
            _ => SniffedFormat.Csv,
        };
    }
}
