using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Feeds;

/// <summary>The statements of one school and school year within a feed, as they lie in the feed's batch file.</summary>
/// <param name="Number">Position in the file's index.</param>
/// <param name="First">Of the rows; the year's first day where there are none, and so is <paramref name="Last"/>.</param>
/// <param name="RegisterRows">Rows that are marks of the register, not section events.</param>
/// <param name="HalfDays">Whether any row is for a morning or an afternoon.</param>
/// <param name="HasDeletes">Whether any row takes an earlier statement back.</param>
/// <param name="Segments">Where its rows lie: offset and length pairs, in file order.</param>
public sealed record BatchIndexEntry(int Number, string School, int EndYear, long Rows, long RegisterRows, bool HalfDays, bool HasDeletes, DateOnly First, DateOnly Last, IReadOnlyList<long> Segments);

/// <summary>One row of a batch file; spans into the file's buffer.</summary>
public readonly ref struct BatchRow
{
    public required int RowNumber { get; init; }

    /// <summary>Days since the first day of the school year.</summary>
    public required int DayOfYear { get; init; }

    public required SessionOfDay Session { get; init; }

    public required byte Period { get; init; }

    public required Mark Mark { get; init; }

    public required bool IsDelete { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> StudentUniqueId { get; init; }

    /// <summary>UTF-8; empty for a mark of the day's register.</summary>
    public required ReadOnlySpan<byte> Section { get; init; }
}

/// <summary>Splits a feed's rows by school and year into one file: each batch has a buffer of its own that goes to the file
/// as a segment when full, so memory follows the number of schools and not the size of the feed.</summary>
/// <remarks>Row: row number (4), day of school year (2), session and flags (1), period (1), mark (1), id length (1), section
/// length (1), id, section. Behind the rows each batch's <see cref="BatchIndexEntry"/> as JSON; at the end of the file where each
/// of these lies (offset 8, length 4) and how many there are (4), so that who wants one batch reads one entry.</remarks>
public sealed class BatchFileWriter(Stream destination)
{
    private const int FirstSegment = 4 * 1024;
    private const int LargestSegment = 32 * 1024;
    internal const int RowHeader = 11;
    internal const int MaxSection = 255;
    internal const byte DeleteFlag = 0x80;
    private const int MaxRow = RowHeader + (StudentUniqueIdBytes * 4) + MaxSection;
    private const int StudentUniqueIdBytes = Students.StudentUniqueId.MaxLength;

    private readonly List<Batch> batches = [];
    private long position;

    public int Count => batches.Count;

    /// <summary>Opens a batch for a school and year; the caller finds it again by its position.</summary>
    public int Open(SchoolId school, SchoolYear year)
    {
        batches.Add(new Batch(school, year));
        return batches.Count - 1;
    }

    public void Add(int batch, in AttendanceRow row)
    {
        var target = batches[batch];
        if (target.Buffer.Length - target.Used < MaxRow) Flush(target);
        var cell = target.Buffer.AsSpan(target.Used);
        var day = row.Date.DayNumber - target.FirstDay;
        BinaryPrimitives.WriteInt32LittleEndian(cell, row.RowNumber);
        BinaryPrimitives.WriteUInt16LittleEndian(cell[4..], (ushort)day);
        cell[6] = (byte)((byte)row.Session | (row.IsDelete ? DeleteFlag : 0));
        cell[7] = row.Period;
        cell[8] = row.Mark.Value;
        var idLength = Encoding.UTF8.GetBytes(row.StudentUniqueId, cell[RowHeader..]);
        cell[9] = (byte)idLength;
        var sectionLength = row.Section.IsEmpty ? 0 : EncodeSection(row.Section, cell[(RowHeader + idLength)..]);
        cell[10] = (byte)sectionLength;
        target.Used += RowHeader + idLength + sectionLength;
        target.Rows++;
        if (sectionLength == 0) target.RegisterRows++;
        if (row.Session is SessionOfDay.Am or SessionOfDay.Pm) target.HalfDays = true;
        if (row.IsDelete) target.HasDeletes = true;
        if (day < target.MinDay) target.MinDay = day;
        if (day > target.MaxDay) target.MaxDay = day;
    }

    /// <summary>Writes what is buffered and the index.</summary>
    public IReadOnlyList<BatchIndexEntry> Complete()
    {
        var index = new List<BatchIndexEntry>(batches.Count);
        for (var i = 0; i < batches.Count; i++)
        {
            var batch = batches[i];
            Flush(batch);
            index.Add(new BatchIndexEntry(
                i, batch.School.Value, batch.Year.EndYear, batch.Rows, batch.RegisterRows, batch.HalfDays, batch.HasDeletes,
                batch.DateOf(batch.MinDay), batch.DateOf(batch.MaxDay), batch.Segments));
        }
        var places = new byte[(index.Count * BatchFileReader.PlaceSize) + sizeof(int)];
        foreach (var entry in index)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(entry, BatchFileJson.Default.BatchIndexEntry);
            destination.Write(json);
            var place = places.AsSpan(entry.Number * BatchFileReader.PlaceSize);
            BinaryPrimitives.WriteInt64LittleEndian(place, position);
            BinaryPrimitives.WriteInt32LittleEndian(place[sizeof(long)..], json.Length);
            position += json.Length;
        }
        BinaryPrimitives.WriteInt32LittleEndian(places.AsSpan(places.Length - sizeof(int)), index.Count);
        destination.Write(places);
        return index;
    }

    private static int EncodeSection(ReadOnlySpan<char> section, Span<byte> destination)
    {
        while (Encoding.UTF8.GetByteCount(section) > MaxSection) section = section[..^1];
        return Encoding.UTF8.GetBytes(section, destination);
    }

    private void Flush(Batch batch)
    {
        if (batch.Used > 0)
        {
            destination.Write(batch.Buffer, 0, batch.Used);
            batch.Segments.Add(position);
            batch.Segments.Add(batch.Used);
            position += batch.Used;
            batch.Used = 0;
        }
        if (batch.Buffer.Length < LargestSegment)
            batch.Buffer = new byte[batch.Buffer.Length == 0 ? FirstSegment : batch.Buffer.Length * 2];
    }

    private sealed class Batch(SchoolId school, SchoolYear year)
    {
        public SchoolId School => school;

        public SchoolYear Year => year;

        public int FirstDay { get; } = year.FirstDay.DayNumber;

        public byte[] Buffer { get; set; } = [];

        public int Used { get; set; }

        public long Rows { get; set; }

        public long RegisterRows { get; set; }

        public bool HalfDays { get; set; }

        public bool HasDeletes { get; set; }

        public int MinDay { get; set; } = int.MaxValue;

        public int MaxDay { get; set; } = int.MinValue;

        public List<long> Segments { get; } = [];

        /// <summary>A batch without rows has no days: the year's first stands for them.</summary>
        public DateOnly DateOf(int day) => DateOnly.FromDayNumber(FirstDay + (Rows == 0 ? 0 : day));
    }
}

/// <summary>Takes one row of a batch.</summary>
public delegate void BatchRowHandler(in BatchRow row);

/// <summary>Reads one batch of a batch file.</summary>
public static class BatchFileReader
{
    internal const int PlaceSize = sizeof(long) + sizeof(int);

    /// <summary>How many batches the file has.</summary>
    public static int Count(Stream file)
    {
        Span<byte> count = stackalloc byte[sizeof(int)];
        file.Seek(-sizeof(int), SeekOrigin.End);
        file.ReadExactly(count);
        return BinaryPrimitives.ReadInt32LittleEndian(count);
    }

    /// <param name="number">From 0; less than <see cref="Count"/>.</param>
    public static BatchIndexEntry ReadEntry(Stream file, int number)
    {
        Span<byte> place = stackalloc byte[PlaceSize];
        file.Seek(-sizeof(int) - ((long)(Count(file) - number) * PlaceSize), SeekOrigin.End);
        file.ReadExactly(place);
        var json = new byte[BinaryPrimitives.ReadInt32LittleEndian(place[sizeof(long)..])];
        file.Seek(BinaryPrimitives.ReadInt64LittleEndian(place), SeekOrigin.Begin);
        file.ReadExactly(json);
        return JsonSerializer.Deserialize(json, BatchFileJson.Default.BatchIndexEntry) ?? throw new FormatException("A batch has no index entry.");
    }

    public static void Read(Stream file, BatchIndexEntry batch, BatchRowHandler handle)
    {
        var buffer = Array.Empty<byte>();
        for (var i = 0; i < batch.Segments.Count; i += 2)
        {
            var size = (int)batch.Segments[i + 1];
            if (buffer.Length < size) buffer = new byte[size];
            file.Seek(batch.Segments[i], SeekOrigin.Begin);
            file.ReadExactly(buffer, 0, size);
            ReadSegment(buffer.AsSpan(0, size), handle);
        }
    }

    private static void ReadSegment(ReadOnlySpan<byte> segment, BatchRowHandler handle)
    {
        while (!segment.IsEmpty)
        {
            int idLength = segment[9];
            int sectionLength = segment[10];
            handle(new BatchRow
            {
                RowNumber = BinaryPrimitives.ReadInt32LittleEndian(segment),
                DayOfYear = BinaryPrimitives.ReadUInt16LittleEndian(segment[4..]),
                Session = (SessionOfDay)(segment[6] & ~BatchFileWriter.DeleteFlag),
                IsDelete = (segment[6] & BatchFileWriter.DeleteFlag) != 0,
                Period = segment[7],
                Mark = new Mark(segment[8]),
                StudentUniqueId = segment.Slice(BatchFileWriter.RowHeader, idLength),
                Section = segment.Slice(BatchFileWriter.RowHeader + idLength, sectionLength),
            });
            segment = segment[(BatchFileWriter.RowHeader + idLength + sectionLength)..];
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchIndexEntry))]
internal sealed partial class BatchFileJson : JsonSerializerContext;
