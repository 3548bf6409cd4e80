using System.Text;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.EdFi;
using SchoolSignal.Domain.Roster;

namespace SchoolSignal.Domain.Tests.Feeds.EdFi;

public sealed class EdFiRosterReaderTests
{
    private readonly List<RosterStudent> students = [];
    private readonly List<RosterName> names = [];
    private readonly List<RosterDelete> deletes = [];
    private readonly List<RefusedRow> refused = [];

    [Fact]
    public void Read_Xml_GivesEnrolmentsAndNames()
    {
        Read("""
            <InterchangeStudentEnrollment>
              <Student><StudentUniqueId>10</StudentUniqueId><Name><FirstName>Ada</FirstName><LastSurname>Lovelace</LastSurname><PreferredFirstName>A</PreferredFirstName></Name></Student>
              <StudentSchoolAssociation>
                <StudentReference><StudentIdentity><StudentUniqueId>10</StudentUniqueId></StudentIdentity></StudentReference>
                <SchoolReference><SchoolIdentity><SchoolId>7001</SchoolId></SchoolIdentity></SchoolReference>
                <EntryDate>2025-08-25</EntryDate><EntryGradeLevel>uri://ed-fi.org/GradeLevelDescriptor#Eighth grade</EntryGradeLevel>
                <ExitWithdrawDate>2025-12-19</ExitWithdrawDate>
                <NextYearSchoolReference><SchoolIdentity><SchoolId>9</SchoolId></SchoolIdentity></NextYearSchoolReference>
              </StudentSchoolAssociation>
            </InterchangeStudentEnrollment>
            """);

        Assert.Equal(("10", "Ada", "Lovelace"), (names[0].Student.Value, names[0].GivenName, names[0].FamilyName));
        var student = Assert.Single(students);
        Assert.Equal(("10", "7001", "Eighth grade", new DateOnly(2025, 8, 25), new DateOnly(2025, 12, 19)),
            (student.Student.Value, student.School.Value, student.Grade, student.Entry, student.Exit));
    }

    [Fact]
    public void Read_Json_GivesEnrolmentsNamesAndDeletes()
    {
        Read("""
            [{"schoolReference":{"schoolId":7001},"studentReference":{"studentUniqueId":"10"},"entryDate":"2025-08-25","entryGradeLevelDescriptor":"uri://x#8"},
             {"studentUniqueId":"10","firstName":"Ada","lastSurname":"Lovelace","birthDate":"2012-01-01"},
             {"id":"a","keyValues":{"entryDate":"2025-08-25","schoolId":7001,"studentUniqueId":"11"}},
             {"id":"b","keyValues":{"studentUniqueId":"12"}}]
            """);

        Assert.Equal(("8", null), (students[0].Grade, students[0].Exit));
        Assert.Equal("Ada", names[0].GivenName);
        Assert.Equal([("11", "7001", new DateOnly(2025, 8, 25)), ("12", null, null)], deletes.Select(d => (d.Student.Value, d.School?.Value, d.Entry)));
    }

    [Fact]
    public void Read_ExitBeforeEntry_IsRefused()
    {
        Read("""[{"schoolReference":{"schoolId":7001},"studentReference":{"studentUniqueId":"10"},"entryDate":"2025-08-25","exitWithdrawDate":"2025-08-24"}]""");
        Assert.Equal("ExitWithdrawDate", Assert.Single(refused).Field);
    }

    [Fact]
    public void Read_OtherRecordsOnly_IsRefused() =>
        Assert.IsType<ReadOutcome.Refused>(Read("<InterchangeX><Course><CourseCode>1</CourseCode></Course></InterchangeX>"));

    private ReadOutcome Read(string text) => EdFiRosterReader.Read(
        new MemoryStream(Encoding.UTF8.GetBytes(text)),
        new RosterSink(students.Add, refused.Add) { Name = names.Add, Delete = deletes.Add },
        TestContext.Current.CancellationToken);
}
