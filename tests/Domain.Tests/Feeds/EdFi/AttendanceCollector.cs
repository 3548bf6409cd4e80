using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.EdFi;

namespace SchoolSignal.Domain.Tests.Feeds.EdFi;

/// <summary>Reads attendance text and keeps what came out.</summary>
internal sealed class AttendanceCollector
{
    public sealed record Row(int Number, string Student, string School, DateOnly Date, Mark Mark, string Section, bool IsDelete);

    public List<Row> Rows { get; } = [];

    public List<RefusedRow> Refused { get; } = [];

    public List<string> UnknownCodes { get; } = [];

    public AttendanceRowSink Sink => new(
        (in AttendanceRow r) => Rows.Add(new Row(r.RowNumber, r.StudentUniqueId.ToString(), r.SchoolId.ToString(), r.Date, r.Mark, r.Section.ToString(), r.IsDelete)),
        Refused.Add,
        UnknownCodes.Add);

    public static EdFiReadOptions Options { get; } = new(CodeSetLibrary.Shipped.Find("ed-fi")!.TryFind);

    public ReadOutcome Read(string text, EdFiReadOptions? options = null) => Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), options);

    public ReadOutcome Read(Stream stream, EdFiReadOptions? options = null) =>
        EdFiAttendanceReader.Read(stream, options ?? Options, Sink, TestContext.Current.CancellationToken);

    /// <summary>A bulk XML file with these events inside.</summary>
    public static string Interchange(params string[] events) =>
        $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><InterchangeStudentAttendance xmlns=\"http://ed-fi.org/5.2.0\">{string.Concat(events)}</InterchangeStudentAttendance>";

    public static string SchoolEvent(string student, string date, string category, string? reason = null, string? duration = "1") => $"""
        <StudentSchoolAttendanceEvent>
          <AttendanceEvent>
            <EventDate>{date}</EventDate>
            <AttendanceEventCategory>uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}</AttendanceEventCategory>
            {(reason is null ? "" : $"<AttendanceEventReason>{reason}</AttendanceEventReason>")}
            {(duration is null ? "" : $"<EventDuration>{duration}</EventDuration>")}
          </AttendanceEvent>
          <StudentReference><StudentIdentity><StudentUniqueId>{student}</StudentUniqueId></StudentIdentity></StudentReference>
          <SchoolReference><SchoolIdentity><SchoolId>7001</SchoolId></SchoolIdentity></SchoolReference>
          <SessionReference><SessionIdentity><SessionName>Fall</SessionName><SchoolYear>2025-2026</SchoolYear>
            <SchoolReference><SchoolIdentity><SchoolId>9999</SchoolId></SchoolIdentity></SchoolReference></SessionIdentity></SessionReference>
        </StudentSchoolAttendanceEvent>
        """;

    public static string SectionEvent(string student, string date, string category) => $"""
        <StudentSectionAttendanceEvent>
          <AttendanceEvent><EventDate>{date}</EventDate><AttendanceEventCategory>uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}</AttendanceEventCategory></AttendanceEvent>
          <StudentReference><StudentIdentity><StudentUniqueId>{student}</StudentUniqueId></StudentIdentity></StudentReference>
          <SectionReference><SectionIdentity><SectionIdentifier>S1</SectionIdentifier>
            <CourseOfferingReference><CourseOfferingIdentity><LocalCourseCode>MATH-03</LocalCourseCode>
              <SchoolReference><SchoolIdentity><SchoolId>7001</SchoolId></SchoolIdentity></SchoolReference>
              <SessionReference><SessionIdentity><SessionName>Spring</SessionName></SessionIdentity></SessionReference>
            </CourseOfferingIdentity></CourseOfferingReference></SectionIdentity></SectionReference>
        </StudentSectionAttendanceEvent>
        """;
}
