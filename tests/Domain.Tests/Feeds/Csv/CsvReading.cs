using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

internal sealed record ReadRow(
    int RowNumber, string Student, string School, DateOnly Date, SessionOfDay Session, byte Period, Mark Mark, string Section);

/// <summary>Reads a CSV and keeps everything the sink was told.</summary>
internal sealed class CsvReading
{
    private CsvReading()
    {
    }

    public List<ReadRow> Rows { get; } = [];

    public List<RefusedRow> Refused { get; } = [];

    public List<string> UnknownCodes { get; } = [];

    public ReadOutcome Outcome { get; private set; } = null!;

    public ReadOutcome.Read Read => Assert.IsType<ReadOutcome.Read>(Outcome);

    public string Why => Assert.IsType<ReadOutcome.Refused>(Outcome).Why;

    public static CsvReading Of(string text, CsvReadOptions? options = null) => Of(Encoding.UTF8.GetBytes(text), options);

    public static CsvReading Of(string text, string profile) => Of(text, new CsvReadOptions { Profile = CsvProfiles.Shipped.Find(profile)! });

    public static CsvReading Of(byte[] bytes, CsvReadOptions? options = null)
    {
        using var stream = new MemoryStream(bytes);
        return Of(stream, options);
    }

    public static CsvReading Of(Stream stream, CsvReadOptions? options = null)
    {
        var reading = new CsvReading();
        reading.Outcome = CsvAttendanceReader.Read(stream, options ?? new CsvReadOptions(), reading.Sink(), CancellationToken.None);
        return reading;
    }

    private AttendanceRowSink Sink() => new(
        (in AttendanceRow row) => Rows.Add(new ReadRow(
            row.RowNumber, row.StudentUniqueId.ToString(), row.SchoolId.ToString(), row.Date, row.Session, row.Period, row.Mark, row.Section.ToString())),
        Refused.Add,
        UnknownCodes.Add);
}
