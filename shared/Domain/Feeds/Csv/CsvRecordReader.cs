using System.Buffers;
using System.Text;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>What one step of <see cref="CsvRecordReader"/> found.</summary>
internal enum CsvStep
{
    Record,
    /// <summary>A quote that never closes, or closes in the middle of a value. Only its first line was taken; reading goes
    /// on behind it, so one stray quote costs one row and not the rest of the file.</summary>
    BrokenQuote,
    /// <summary>More characters or columns than a row may have; skipped without being kept in memory.</summary>
    TooLong,
    End,
}

/// <summary>Cuts a stream into CSV records in bounded memory, without allocating per record. Lines end in CRLF, LF or CR;
/// a field that begins with a quote may hold the delimiter, line ends and doubled quotes; lines of nothing but
/// spaces are skipped.</summary>
/// <remarks>Written by hand, unlike every other CSV reading here, because a feed must survive its rows: a library reader stops
/// at the first unclosed quote or over-long row, and a hundred thousand good rows behind it would be lost.</remarks>
internal sealed class CsvRecordReader
{
    /// <summary>Inclusive: a record of more characters is refused as too long.</summary>
    public const int MaxRecordChars = 64 * 1024;

    /// <summary>Inclusive.</summary>
    public const int MaxFields = 2048;

    /// <summary>Inclusive: a quote that closes on a later line than this is taken for one left open. It also keeps a hostile file
    /// from being read again and again.</summary>
    public const int MaxLines = 100;

    private const int ChunkBytes = 64 * 1024;
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> Oddities = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(c => (char)c).Where(c => c is not ('\t' or '\r' or '\n')), Replacement]);

    private readonly Stream stream;
    private readonly Decoder decoder;
    private readonly char delimiter;
    private readonly byte[] bytes = new byte[ChunkBytes];
    private readonly char[] buffer = new char[(2 * MaxRecordChars) + ChunkBytes + 16];
    private readonly char[] scratch = new char[MaxRecordChars + 1];
    private readonly CsvMarks marks;
    private Field[] fields = new Field[64];
    private int scratchUsed;
    private int recordStart;
    private int recordEnd;
    private int next;
    private int end;
    private bool atEnd;
    private int lineOfNext = 1;
    private int lineEnds;

    /// <param name="stream">Read from where it stands.</param>
    public CsvRecordReader(Stream stream, Encoding encoding, char delimiter)
    {
        this.stream = stream;
        decoder = encoding.GetDecoder();
        this.delimiter = delimiter;
        marks = new CsvMarks(delimiter);
    }

    /// <summary>1-based line of the file on which the record begins.</summary>
    public int Line { get; private set; }

    public int FieldCount { get; private set; }

    /// <summary>The record holds a line end inside quotes.</summary>
    public bool SpansLines { get; private set; }

    /// <summary>So far a control character other than a tab, or a character that could not be decoded, was read.</summary>
    public bool SawOddities { get; private set; }

    public long BytesRead { get; private set; }

    /// <summary>The record as received, without its line end. Of a record too long, its beginning.</summary>
    public ReadOnlySpan<char> Raw => buffer.AsSpan(recordStart, recordEnd - recordStart);

    /// <summary>A field's value, without quotes. Valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            ref var field = ref fields[index];
            if (field.Text == FieldText.DoubledQuotes) field = Undouble(field);
            return (field.Text == FieldText.Undoubled ? scratch : buffer).AsSpan(field.Start, field.Length);
        }
    }

    public CsvStep Read()
    {
        while (true)
        {
            recordStart = next;
            Line = lineOfNext;
            var step = Scan();
            switch (step)
            {
                case Scanned.NeedsMore:
                    if (!Fill()) return SkipLongLine();
                    continue;
                case Scanned.Blank:
                    lineOfNext++;
                    continue;
                case Scanned.End:
                    recordEnd = recordStart;
                    return CsvStep.End;
                case Scanned.BrokenQuote:
                    return TakeFirstLineOnly();
                case Scanned.TooManyFields:
                    TakeFirstLineOnly();
                    return CsvStep.TooLong;
                default:
                    lineOfNext += 1 + lineEnds;
                    return CsvStep.Record;
            }
        }
    }

    /// <summary>Takes back all but the first line of a record that spans lines: the caller found that its quote must have
    /// been left open. The rest is read again as records of its own.</summary>
    public CsvStep TakeFirstLineOnly()
    {
        var rest = buffer.AsSpan(recordStart, end - recordStart);
        var line = rest.IndexOfAny('\r', '\n');
        if (line < 0 && !atEnd) return Fill() ? TakeFirstLineOnly() : SkipLongLine();
        recordEnd = line < 0 ? end : recordStart + line;
        next = line < 0 ? end : AfterLineEnd(recordEnd);
        lineOfNext = Line + 1;
        SpansLines = false;
        return CsvStep.BrokenQuote;
    }

    private Scanned Scan()
    {
        if (recordStart == end) return atEnd ? Scanned.End : Scanned.NeedsMore;
        FieldCount = 0;
        scratchUsed = 0;
        lineEnds = 0;
        SpansLines = false;
        var position = recordStart;
        marks.GoTo(position);
        while (true)
        {
            if (FieldCount == MaxFields) return Scanned.TooManyFields;
            if (position < end && buffer[position] == '"')
            {
                var outcome = ScanQuoted(ref position);
                if (outcome != Scanned.Record) return outcome;
            }
            else
            {
                var at = marks.NextFrom(position);
                if (at < 0)
                {
                    if (!atEnd) return Scanned.NeedsMore;
                    at = end;
                }
                AddField(position, at - position, FieldText.Plain);
                position = at;
            }
            // The field ends at the delimiter, at a line end, or with the file.
            if (position < end && buffer[position] == delimiter)
            {
                position++;
                continue;
            }
            if (position < end && buffer[position] == '\r' && position + 1 == end && !atEnd) return Scanned.NeedsMore;
            recordEnd = position;
            next = position < end ? AfterLineEnd(position) : end;
            if (recordEnd - recordStart > MaxRecordChars) return Scanned.TooManyFields;
            return FieldCount == 1 && Raw.IsWhiteSpace() ? Scanned.Blank : Scanned.Record;
        }
    }

    private Scanned ScanQuoted(ref int position)
    {
        var start = position + 1;
        var from = start;
        var doubled = false;
        while (true)
        {
            var offset = buffer.AsSpan(from, end - from).IndexOf('"');
            if (offset < 0) return atEnd || end - recordStart > MaxRecordChars ? Scanned.BrokenQuote : Scanned.NeedsMore;
            var quote = from + offset;
            if (quote + 1 == end && !atEnd) return Scanned.NeedsMore;
            if (quote + 1 < end && buffer[quote + 1] == '"')
            {
                doubled = true;
                from = quote + 2;
                continue;
            }
            AddField(start, quote - start, doubled ? FieldText.DoubledQuotes : FieldText.Plain);
            if (buffer.AsSpan(start, quote - start).ContainsAny('\r', '\n'))
            {
                SpansLines = true;
                lineEnds += CountLineEnds(buffer.AsSpan(start, quote - start));
                if (lineEnds >= MaxLines) return Scanned.BrokenQuote;
            }
            position = quote + 1;
            while (position < end && buffer[position] is ' ' or '\t' && buffer[position] != delimiter) position++;
            if (position == end) return atEnd ? Scanned.Record : Scanned.NeedsMore;
            return buffer[position] == delimiter || buffer[position] is '\r' or '\n' ? Scanned.Record : Scanned.BrokenQuote;
        }
    }

    private void AddField(int start, int length, FieldText text)
    {
        if (FieldCount == fields.Length) Array.Resize(ref fields, fields.Length * 2);
        fields[FieldCount++] = new Field(start, length, text);
    }

    private int AfterLineEnd(int position) =>
        position + (buffer[position] == '\r' && position + 1 < end && buffer[position + 1] == '\n' ? 2 : 1);

    /// <summary>Reads on behind what is still needed. False if the record is already as long as a record may be.</summary>
    private bool Fill()
    {
        if (end - recordStart > MaxRecordChars) return false;
        if (recordStart > 0)
        {
            buffer.AsSpan(recordStart, end - recordStart).CopyTo(buffer);
            marks.Drop(recordStart);
            end -= recordStart;
            recordStart = 0;
        }
        next = 0;
        var known = end;
        Decode();
        marks.Find(buffer, known, end);
        return true;
    }

    private void Decode()
    {
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        BytesRead += read;
        atEnd = read < bytes.Length;
        var count = decoder.GetChars(bytes.AsSpan(0, read), buffer.AsSpan(end), flush: atEnd);
        if (!SawOddities) SawOddities = buffer.AsSpan(end, count).ContainsAny(Oddities);
        end += count;
    }

    /// <summary>Skips to the next line end and keeps only the beginning of the line.</summary>
    private CsvStep SkipLongLine()
    {
        var keep = MaxRecordChars / 16;
        var from = recordStart;
        while (true)
        {
            var line = buffer.AsSpan(from, end - from).IndexOfAny('\r', '\n');
            if (line >= 0 && (buffer[from + line] == '\n' || from + line + 1 < end || atEnd))
            {
                next = AfterLineEnd(from + line);
                break;
            }
            if (line < 0 && atEnd)
            {
                next = end;
                break;
            }
            // Drop all but the beginning, and a carriage return whose line feed may still come.
            buffer.AsSpan(recordStart, keep).CopyTo(buffer);
            recordStart = 0;
            var hasReturn = line >= 0;
            end = keep;
            if (hasReturn) buffer[end++] = '\r';
            from = keep;
            Decode();
        }
        recordEnd = recordStart + keep;
        marks.Clear();
        marks.Find(buffer, next, end);
        FieldCount = 0;
        lineOfNext = Line + 1;
        return CsvStep.TooLong;
    }

    /// <summary>Once per field and record, so the scratch space of one record's length is enough.</summary>
    private Field Undouble(Field field)
    {
        var quoted = buffer.AsSpan(field.Start, field.Length);
        var start = scratchUsed;
        while (true)
        {
            var quote = quoted.IndexOf('"');
            if (quote < 0) break;
            quoted[..(quote + 1)].CopyTo(scratch.AsSpan(scratchUsed));
            scratchUsed += quote + 1;
            quoted = quoted[(quote + 2)..];
        }
        quoted.CopyTo(scratch.AsSpan(scratchUsed));
        scratchUsed += quoted.Length;
        return new Field(start, scratchUsed - start, FieldText.Undoubled);
    }

    private static int CountLineEnds(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'))) count++;
        return count;
    }

    private readonly record struct Field(int Start, int Length, FieldText Text);

    private enum FieldText : byte
    {
        Plain,
        DoubledQuotes,
        Undoubled,
    }

    private enum Scanned
    {
        Record,
        Blank,
        NeedsMore,
        BrokenQuote,
        TooManyFields,
        End,
    }
}
