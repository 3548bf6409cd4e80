using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>One chain of one month: a partition of table <c>audit</c>.</summary>
/// <param name="Month">yyyyMM, UTC.</param>
public readonly record struct ChainPlace(string Month, int Chain)
{
    public string ChainText => Chain.ToString("D3", CultureInfo.InvariantCulture);

    public static string MonthOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture);

    public override string ToString() => $"{Month}/{ChainText}";
}

/// <summary>An entry's place in its chain and the hash there.</summary>
/// <param name="Day">The UTC day it was appended, yyyyMMdd; it never falls along a chain.</param>
/// <param name="Sequence">From 1.</param>
public sealed record ChainPoint(string Day, long Sequence, string Hash);

/// <summary>Where a month's chain goes on from: the last point, when the month began, of the chain's latest month before it.
/// What came late to that month stands behind that point and does not break the link.</summary>
/// <param name="Month">Null for a chain's first month.</param>
public sealed record ChainLink(string? Month, ChainPoint? Point)
{
    public static ChainLink First { get; } = new(null, null);
}

/// <summary>The signed end of a chain.</summary>
public sealed record ChainTail(ChainPoint Point, string KeyVersion, string Signature);

/// <summary>An entry as read from its row.</summary>
/// <param name="Sequence">As the row's body says: it must be what the row's key says.</param>
public readonly record struct ChainedEntry(long Sequence, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> Bytes);

/// <summary>Rows of a chain's partition: <c>E|yyyyMMdd|sequence</c> an entry, <c>T</c> the signed tail, and three kinds of index
/// rows, each of which holds the key of its entry: <c>P|student|sequence</c> for an entry of one pupil, <c>L|school|sequence</c>
/// for a school's list of pupils, <c>K|id</c> for a write, so that a message delivered twice is appended once. Partition (district) has
/// a row <c>M|chain|month</c> for every chain's month with its link, <c>S|month</c> the number of seals, and <c>H|month</c> where the chains
/// of a month stood that is no longer held.</summary>
internal static class ChainRows
{
    private const string Entry = "E";
    private const string Pupil = "P";
    private const string PupilList = "L";
    private const string WriteId = "K";
    private const string MonthRow = "M";
    private const string SealRow = "S";
    private const string HeadsRow = "H";
    private const int HashSize = SHA256.HashSizeInBytes;
    private const int HeadSize = sizeof(long) + HashSize;

    public static RowKey TailKey { get; } = RowKey.Of("T");

    public static RowKeyRange Entries { get; } = RowKeyRange.Under(Entry);

    public static IReadOnlyList<RowKeyRange> IndexRanges { get; } = [RowKeyRange.Under(WriteId), RowKeyRange.Under(PupilList), RowKeyRange.Under(Pupil)];

    public static PartitionKey Partition(string district, ChainPlace place) => PartitionKey.Of(district, place.Month, place.ChainText);

    public static RowKey EntryKey(string day, long sequence) => RowKey.Of(Entry, day, Number(sequence));

    public static RowKeyRange EntriesOfDays(DateOnly from, DateOnly to) => RowKeyRange.Between([Entry], Day(from), Day(to));

    public static RowKeyRange EntriesOfPupil(string student) => RowKeyRange.Under(Pupil, student);

    public static RowKeyRange ListsOfSchool(string school) => RowKeyRange.Under(PupilList, school);

    public static RowKey WriteKey(AuditEntry entry) => RowKey.Of(WriteId, entry.Id);

    public static RowKey MonthKey(ChainPlace place) => RowKey.Of(MonthRow, place.ChainText, place.Month);

    public static RowKeyRange Months { get; } = RowKeyRange.Under(MonthRow);

    public static RowKeyRange MonthsBefore(ChainPlace place) => new(RowKey.Of(MonthRow, place.ChainText, "").Value, MonthKey(place).Value);

    public static ChainPlace ReadMonthKey(RowKey key) =>
        key.Parts() is [_, var chain, var month] ? new ChainPlace(month, int.Parse(chain, CultureInfo.InvariantCulture)) : throw new FormatException("Not a month of a chain.");

    public static RowKey SealKey(string month) => RowKey.Of(SealRow, month);

    public static RowKey HeadsKey(string month) => RowKey.Of(HeadsRow, month);

    public static RowKeyRange Heads { get; } = RowKeyRange.Under(HeadsRow);

    /// <summary>Everything of a chain's month: the tail, its entries and the rows that find them.</summary>
    public static RowKeyRange Whole { get; } = new("", "~");

    public static string Day(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>The index rows an entry asks for.</summary>
    public static IEnumerable<RowChange.Insert> IndexOf(AuditEntry entry, RowKey key, long sequence)
    {
        var body = Encoding.UTF8.GetBytes(key.Value);
        if (!entry.Action.IsRead()) yield return new RowChange.Insert(WriteKey(entry), body);
        if (entry.Students.Count > 1 && entry.School is { } school)
        {
            yield return new RowChange.Insert(RowKey.Of(PupilList, school.Value, Number(sequence)), body);
            yield break;
        }
        foreach (var student in entry.Students)
            yield return new RowChange.Insert(RowKey.Of(Pupil, student.ToString(), Number(sequence)), body);
    }

    /// <summary>The number of the entry an index row points at; null if its body is not an entry's key.</summary>
    public static long? SequenceIn(ReadOnlySpan<byte> indexBody) =>
        long.TryParse(indexBody[(indexBody.LastIndexOf((byte)'|') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null;

    /// <summary>The number of the entry that a row of a chain is, or points at; null for the tail.</summary>
    public static long? SequenceOf(TableRow row) => row.Key.Parts() is [Entry, _, var number]
        ? long.Parse(number, CultureInfo.InvariantCulture)
        : row.Key == TailKey ? null : SequenceIn(row.Body.Span);

    public static byte[] Body(long sequence, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> bytes)
    {
        var body = new byte[HeadSize + bytes.Length];
        BinaryPrimitives.WriteInt64BigEndian(body, sequence);
        hash.CopyTo(body.AsSpan(sizeof(long)));
        bytes.CopyTo(body.AsSpan(HeadSize));
        return body;
    }

    /// <summary>Null if the body is too short to be an entry's.</summary>
    public static ChainedEntry? Read(ReadOnlyMemory<byte> body) =>
        body.Length <= HeadSize
            ? null
            : new ChainedEntry(BinaryPrimitives.ReadInt64BigEndian(body.Span), body.Slice(sizeof(long), HashSize), body[HeadSize..]);

    /// <summary>What a chain's first entry of a month is hashed upon.</summary>
    public static byte[] Genesis(PartitionKey partition, ReadOnlySpan<byte> link)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("schoolsignal audit 1\n"u8);
        hash.AppendData(Encoding.UTF8.GetBytes(partition.Value + "\n"));
        hash.AppendData(link);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of an entry: over the hash before it, the row's key (its day and number) and its bytes.</summary>
    public static byte[] Next(ReadOnlySpan<byte> before, RowKey key, ReadOnlySpan<byte> bytes)
    {
        var input = new byte[before.Length + key.Value.Length + bytes.Length];
        before.CopyTo(input);
        Encoding.ASCII.GetBytes(key.Value, input.AsSpan(before.Length));
        bytes.CopyTo(input.AsSpan(before.Length + key.Value.Length));
        return SHA256.HashData(input);
    }
}
