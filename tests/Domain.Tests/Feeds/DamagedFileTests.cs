using System.Text;
using CsCheck;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.EdFi;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Tests.Feeds.EdFi;

namespace SchoolSignal.Domain.Tests.Feeds;

/// <summary>Files with bytes changed, lost or doubled anywhere: every reader ends with an outcome, none throws.</summary>
public sealed class DamagedFileTests
{
    private static readonly byte[][] Files =
    [
        .. new[]
        {
            AttendanceCollector.Interchange(AttendanceCollector.SchoolEvent("10", "2025-09-08", "Tardy"), AttendanceCollector.SectionEvent("11", "2025-09-08", "Tardy")),
            """[{"studentReference":{"studentUniqueId":"10"},"schoolReference":{"schoolId":7001},"eventDate":"2025-09-08","eventDuration":0.5},{"keyValues":{"entryDate":"2025-09-08"}}]""",
            "studentUniqueId,schoolId,enrolDate,givenName\n1,7001,2025-09-01,\"Zoë\"\n2,7001,15/09/2025,x\n",
            "date,schoolId,instructional,reason\n2025-09-01,7001,false,\"Labor Day\"\n",
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Half term\r\nCATEGORIES:A,B\r\nDTSTART;VALUE=DATE:20251027\r\nDTEND;VALUE=DATE:20251029\r\nRRULE:FREQ=YEARLY;COUNT=2;BYMONTH=10\r\nEXDATE;VALUE=DATE:20261027\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly Gen<byte[]> Damaged =
        from file in Gen.Int[0, Files.Length - 1]
        from changes in Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.Byte).Array[1, 4]
        select Damage(Files[file], changes);

    [Fact]
    public void Read_DamagedAnywhere_EndsWithAnOutcome() => Damaged.Sample(bytes =>
    {
        var token = CancellationToken.None;
        RefusedRowHandler refuse = static _ => { };
        var roster = new RosterSink(_ => { }, refuse);
        new AttendanceCollector().Read(new MemoryStream(bytes));
        EdFiRosterReader.Read(new MemoryStream(bytes), roster, token);
        EdFiCalendarReader.Read(new MemoryStream(bytes), new CalendarImport().Sink(refuse), token);
        StudentsCsvReader.Read(new MemoryStream(bytes), null, roster, token);
        CalendarCsvReader.Read(new MemoryStream(bytes), new CalendarImport().Sink(refuse), token);
        ICalendarReader.Read(new MemoryStream(bytes), new ICalendarOptions(), new CalendarImport().Sink(refuse), token);
        FileFormats.Detect(new MemoryStream(bytes), "a.ics");
    }, iter: Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 30_000 : 1_000);

    private static byte[] Damage(byte[] file, (int Kind, double Where, byte Value)[] changes)
    {
        var bytes = file.ToList();
        foreach (var (kind, where, value) in changes)
        {
            if (bytes.Count == 0) break;
            var at = (int)(where * (bytes.Count - 1));
            if (kind == 0) bytes[at] = value;
            else if (kind == 1) bytes.RemoveRange(at, Math.Min(value % 16, bytes.Count - at));
            else bytes.InsertRange(at, bytes.GetRange(at, Math.Min(value % 16, bytes.Count - at)));
        }
        return [.. bytes];
    }
}
