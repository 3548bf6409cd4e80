using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Observations;

/// <summary>Reads observations.jsonl, one JSON object a line:
/// <code>{"date":"2026-03-02","studentUniqueId":"604822","observer":"t-17","items":{"1":3,"2":null,"13":0},"safeguarding":false}</code>
/// Optional beside these: <c>schoolId</c>, <c>id</c> (the sender's key), <c>note</c>. An item left out is null. UTF-8, a
/// byte-order mark allowed; blank lines are skipped. Memory does not grow with the file.</summary>
public static class ObservationFile
{
    /// <summary>The longest line in bytes, inclusive; a longer one is refused and skipped.</summary>
    public const int MaxLine = 32 * 1024;

    /// <summary>A form dated more than this many years before today is refused.</summary>
    public const int MaxAgeYears = 10;

    private const int KeptOfLongLine = 1000;
    private static readonly UTF8Encoding Utf8 = new(false);

    /// <param name="today">A form dated after it is refused.</param>
    public static async IAsyncEnumerable<ObservationLine> ReadAsync(
        Stream stream, DateOnly today, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: MaxLine, leaveOpen: true));
        var rowNumber = 0;
        var isFirst = true;
        byte[]? longLineStart = null;
        try
        {
            while (true)
            {
                var read = await pipe.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                if (isFirst && (buffer.Length >= 3 || read.IsCompleted))
                {
                    isFirst = false;
                    var start = buffer.Slice(0, Math.Min(3, buffer.Length)).ToArray();
                    if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
                    {
                        yield return new ObservationLine.FileRefused("The file is UTF-16. Save it as UTF-8 and send it again.");
                        yield break;
                    }
                    if (start is [0xEF, 0xBB, 0xBF]) buffer = buffer.Slice(3);
                }
                while (!isFirst && TryTakeLine(ref buffer, read.IsCompleted, out var line))
                {
                    rowNumber++;
                    if (longLineStart is not null || line.Length > MaxLine)
                    {
                        yield return TooLong(rowNumber, longLineStart ?? Start(line));
                        longLineStart = null;
                    }
                    else if (ReadLine(line, rowNumber, today) is { } outcome)
                    {
                        yield return outcome;
                    }
                }
                if (!isFirst && buffer.Length > MaxLine)
                {
                    // The end of an endless line is looked for without keeping it.
                    longLineStart ??= Start(buffer);
                    buffer = buffer.Slice(buffer.End);
                }
                if (read.IsCompleted) break;
                pipe.AdvanceTo(buffer.Start, buffer.End);
            }
            if (longLineStart is not null) yield return TooLong(rowNumber + 1, longLineStart);
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
        line = buffer;
        if (!isLast || buffer.IsEmpty) return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static ObservationLine? ReadLine(ReadOnlySequence<byte> line, int rowNumber, DateOnly today)
    {
        var utf8 = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        utf8 = utf8.TrimEnd((byte)'\r');
        return utf8.Trim(" \t"u8).IsEmpty ? null : new ObservationLineReader(utf8, rowNumber, today).Read();
    }

    private static byte[] Start(ReadOnlySequence<byte> line) => line.Slice(0, Math.Min(KeptOfLongLine, line.Length)).ToArray();

    private static ObservationLine.Refused TooLong(int rowNumber, byte[] start) => new(
        new RefusedRow(rowNumber, RefusalReason.InvalidRecord, "line", Utf8.GetString(start)),
        ObservationLineReader.SpeaksOfSafeguarding(start));
}
