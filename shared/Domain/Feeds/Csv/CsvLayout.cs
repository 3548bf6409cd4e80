using System.Text;
using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>How one file is laid out: everything the profile left open is settled.</summary>
internal sealed record CsvLayout(
    CsvProfile Profile, Encoding Encoding, int BomBytes, char Delimiter, bool HasSeparatorLine, string HeaderText, CsvColumns Columns,
    IReadOnlyList<DateFormat> DateFormats, CodeSet? CodeSet, bool EmptySessionIsWholeDay, IReadOnlyList<string> Concluded, IReadOnlyList<string> Warnings)
{
    /// <summary>A reader that stands on the first row behind the header.</summary>
    public CsvRecordReader OpenRows(Stream stream)
    {
        var records = Open(stream, Encoding, BomBytes, Delimiter);
        if (HasSeparatorLine) records.Read();
        records.Read();
        return records;
    }

    public static CsvRecordReader Open(Stream stream, Encoding encoding, int bomBytes, char delimiter)
    {
        stream.Position = bomBytes;
        return new CsvRecordReader(stream, encoding, delimiter);
    }
}

/// <summary>Whether a file's layout is settled.</summary>
internal abstract record LayoutOutcome
{
    public sealed record Settled(CsvLayout Layout) : LayoutOutcome;

    public sealed record Refused(string Why) : LayoutOutcome;
}
