using System.Text;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.EdFi;

namespace SchoolSignal.Domain.Tests.Calendars;

public sealed class CalendarReaderTests
{
    private readonly List<RefusedRow> refused = [];
    private readonly CalendarImport import = new();

    private IEnumerable<(string? School, string Date, bool IsInstructional, string Reason)> Days =>
        import.Calendars.SelectMany(c => c.Days.Select(d => (c.School?.Value, d.Date.ToString("MM-dd", System.Globalization.CultureInfo.InvariantCulture), d.IsInstructional, d.Reason)));

    private CalendarSink Sink => import.Sink(refused.Add);

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Csv_AllColumns_GivesDaysBySchool()
    {
        var outcome = CalendarCsvReader.Read(Bytes("date,schoolId,instructional,reason\n2025-09-01,,false,Labor Day\n2025-09-02,7001,yes,\n2025-09-03,7001,0,INSET\n"), Sink, Token);

        Assert.Equal(3, Assert.IsType<ReadOutcome.Read>(outcome).Rows);
        Assert.Equal([(null, "09-01", false, "Labor Day"), ("7001", "09-02", true, ""), ("7001", "09-03", false, "INSET")], Days);
    }

    [Fact]
    public void Csv_OnlyDatesAndReasons_TakesDatesWithAReasonAsClosed()
    {
        var outcome = CalendarCsvReader.Read(Bytes("Date;Reason\n01.09.2025;Labor Day\n15.09.2025;\n"), Sink, Token);

        Assert.Equal([(null, "09-01", false, "Labor Day"), (null, "09-15", true, "")], Days);
        Assert.NotEmpty(Assert.IsType<ReadOutcome.Read>(outcome).Warnings);
    }

    [Fact]
    public void Csv_BadLines_AreRefused()
    {
        CalendarCsvReader.Read(Bytes("date,instructional\n,1\n2025-13-01,1\n1066-10-14,1\n2025-09-01,perhaps\n2025-09-02,1\n"), Sink, Token);

        Assert.Equal([RefusalReason.MissingDate, RefusalReason.InvalidDate, RefusalReason.InvalidDate, RefusalReason.InvalidValue],
            refused.Select(r => r.Reason));
        Assert.Single(Days);
    }

    [Fact]
    public void Csv_DayAndMonthNotSettled_IsRefused() =>
        Assert.IsType<ReadOutcome.Refused>(CalendarCsvReader.Read(Bytes("date\n01/09/2025\n02/09/2025\n"), Sink, Token));

    [Fact]
    public void EdFiXml_CalendarByReference_FindsItsSchool()
    {
        EdFiCalendarReader.Read(Bytes("""
            <InterchangeEducationOrgCalendar>
              <Calendar id="CAL"><CalendarCode>c</CalendarCode><SchoolReference><SchoolIdentity><SchoolId>7001</SchoolId></SchoolIdentity></SchoolReference></Calendar>
              <CalendarDate><Date>2025-09-01</Date><CalendarEvent>uri://ed-fi.org/CalendarEventDescriptor#Holiday</CalendarEvent><CalendarReference ref="CAL"/></CalendarDate>
              <CalendarDate><Date>2025-09-02</Date><CalendarEvent>uri://x#Student late arrival/early dismissal</CalendarEvent><CalendarReference ref="CAL"/></CalendarDate>
              <CalendarDate><Date>2025-09-03</Date><CalendarEvent>uri://x#Other</CalendarEvent><CalendarReference ref="CAL"/></CalendarDate>
              <CalendarDate><Date>2025-09-04</Date><CalendarEvent>uri://x#Holiday</CalendarEvent><CalendarReference ref="NONE"/></CalendarDate>
            </InterchangeEducationOrgCalendar>
            """), Sink, Token);

        Assert.Equal([("7001", "09-01", false, "Holiday"), ("7001", "09-02", true, "")], Days);
        Assert.Equal(RefusalReason.MissingSchool, Assert.Single(refused).Reason);
    }

    [Fact]
    public void EdFiJson_DatesAndSessions_AreReadAndATaughtDayBeatsAClosedOne()
    {
        EdFiCalendarReader.Read(Bytes("""
            {"sessions":[{"sessionName":"Fall","schoolReference":{"schoolId":7001},"schoolYearTypeReference":{"schoolYear":2026},"beginDate":"2025-08-25","endDate":"2025-12-19","totalInstructionalDays":80}],
             "calendarDates":[
              {"calendarReference":{"calendarCode":"a","schoolId":7001,"schoolYear":2026},"date":"2025-09-02","calendarEvents":[{"calendarEventDescriptor":"uri://x#Instructional day"}]},
              {"calendarReference":{"calendarCode":"b","schoolId":7001,"schoolYear":2026},"date":"2025-09-02","calendarEvents":[{"calendarEventDescriptor":"uri://x#Teacher only day"}]}]}
            """), Sink, Token);

        Assert.Equal([("7001", "09-02", true, "")], Days);
        Assert.Equal(new CalendarSession("Fall", new DateOnly(2025, 8, 25), new DateOnly(2025, 12, 19), 80), Assert.Single(import.Calendars[0].Sessions));
    }

    [Fact]
    public void EdFi_GradingPeriodsOnly_StandInForSessions()
    {
        EdFiCalendarReader.Read(Bytes("""
            [{"gradingPeriodDescriptor":"uri://x#First","gradingPeriodName":"One","schoolReference":{"schoolId":7001},"beginDate":"2025-08-25","endDate":"2025-10-03","totalInstructionalDays":29}]
            """), Sink, Token);

        Assert.Equal("One", Assert.Single(import.Calendars[0].Sessions).Name);
    }

    [Fact]
    public void EdFi_SessionThatEndsBeforeItBegins_IsRefused()
    {
        EdFiCalendarReader.Read(Bytes("""[{"sessionName":"Fall","schoolReference":{"schoolId":7001},"beginDate":"2025-08-25","endDate":"2025-08-24"}]"""), Sink, Token);

        Assert.Equal("EndDate", Assert.Single(refused).Field);
    }

    [Fact]
    public void ICalendar_WholeDayEvents_AreClosuresWithExclusiveEnd()
    {
        var outcome = ICalendarReader.Read(Bytes("""
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//test//EN
            BEGIN:VEVENT
            UID:1
            SUMMARY:Autumn half term
            DTSTART;VALUE=DATE:20251027
            DTEND;VALUE=DATE:20251029
            END:VEVENT
            BEGIN:VEVENT
            UID:2
            SUMMARY:Closing day
            DTSTART;VALUE=DATE:20251003
            RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=1FR
            END:VEVENT
            BEGIN:VEVENT
            UID:3
            SUMMARY:Concert
            DTSTART:20251010T180000
            DTEND:20251010T200000
            END:VEVENT
            BEGIN:VEVENT
            UID:4
            SUMMARY:Picture day
            DTSTART;VALUE=DATE:20251013
            END:VEVENT
            BEGIN:VEVENT
            UID:5
            SUMMARY:Make-up day
            DTSTART;VALUE=DATE:20251028
            END:VEVENT
            BEGIN:VEVENT
            UID:6
            SUMMARY:Fair
            STATUS:CANCELLED
            DTSTART;VALUE=DATE:20251014
            END:VEVENT
            END:VCALENDAR
            """.ReplaceLineEndings("\r\n")), new ICalendarOptions(), Sink, Token);

        var read = Assert.IsType<ReadOutcome.Read>(outcome);
        Assert.Equal(
            [(null, "10-03", false, "Closing day"), (null, "10-27", false, "Autumn half term"), (null, "10-28", true, ""), (null, "11-07", false, "Closing day"), (null, "12-05", false, "Closing day")],
            Days);
        Assert.Contains(read.Concluded, c => c.Contains("Picture day", StringComparison.Ordinal));
        Assert.Contains(read.Concluded, c => c.Contains("1 events with a time of day", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FREQ=SECONDLY")]
    [InlineData("FREQ=DAILY")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")]
    public void ICalendar_EndlessRepetition_Ends(string rule)
    {
        ICalendarReader.Read(Bytes($"""
            BEGIN:VCALENDAR
            VERSION:2.0
            BEGIN:VEVENT
            UID:1
            SUMMARY:Always
            DTSTART;VALUE=DATE:20250901
            RRULE:{rule}
            END:VEVENT
            END:VCALENDAR
            """.ReplaceLineEndings("\r\n")), new ICalendarOptions(), Sink, Token);

        Assert.InRange(import.Calendars.Sum(c => c.Days.Count), 0, 1000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20259999\r\nEND:VEVENT")]
    [InlineData("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:2025090\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")]
    [InlineData("\0\u0001\u0002")]
    public void ICalendar_Damaged_NeverThrows(string text)
    {
        var outcome = ICalendarReader.Read(Bytes(text), new ICalendarOptions(), Sink, Token);

        Assert.Empty(import.Calendars);
        Assert.True(outcome is ReadOutcome.Refused || refused.Count > 0);
    }
}
