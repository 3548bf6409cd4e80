using System.Text;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Archives;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Roster.OneRoster;
using SchoolSignal.Domain.Tests.Feeds.Archives;

namespace SchoolSignal.Domain.Tests.Roster.OneRoster;

public sealed class OneRosterReaderTests
{
    private readonly List<RosterStudent> students = [];
    private readonly List<RosterName> names = [];
    private readonly List<RosterDelete> deletes = [];
    private readonly List<RosterClass> classes = [];
    private readonly List<RosterPlace> places = [];
    private readonly List<RefusedRow> refused = [];

    private readonly Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase)
    {
        ["manifest.csv"] = "propertyName,value\noneroster.version,1.1\nfile.academicSessions,bulk\nfile.orgs,bulk\nfile.classes,bulk\nfile.users,bulk\nfile.enrollments,bulk\n",
        ["academicSessions.csv"] = "sourcedId,status,title,type,startDate,endDate\nT1,,Fall,term,2025-08-25,2025-12-19\nT2,,Spring,term,2026-01-05,2026-05-29\n",
        ["orgs.csv"] = "sourcedId,status,name,type\nD,,District,district\nS1,,North,school\nS2,,South,school\n",
        ["classes.csv"] = "sourcedId,status,title,schoolSourcedId,termSourcedIds\nC1,,Maths,S1,\"T1,T2\"\nC2,,Art,S2,T2\n",
        ["users.csv"] = "sourcedId,status,enabledUser,orgSourcedIds,role,givenName,familyName,identifier,grades\n"
            + "p1,,true,S1,student,Ada,Lovelace,9001,08\np2,,true,\"D,S2\",student,Alan,Turing,9002,09\nt1,,true,S1,teacher,Grace,Hopper,,\n",
        ["enrollments.csv"] = "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n"
            + "e1,,C1,S1,p1,student,2025-09-01,2025-10-01\ne2,,C1,S1,p1,student,2025-08-27,2025-09-15\ne3,,C1,S1,t1,teacher,,\n",
    };

    private IEnumerable<(string, string, string?, string?, string)> Students => students.Select(s =>
        (s.Student.Value, s.School.Value, s.Entry?.ToString("O", System.Globalization.CultureInfo.InvariantCulture), s.Exit?.ToString("O", System.Globalization.CultureInfo.InvariantCulture), s.GivenName));

    [Fact]
    public void Read_Bulk_TakesEarliestBeginLatestEndOrTheUsersSchool()
    {
        var outcome = Read();

        Assert.Equal(FeedKind.Snapshot, Assert.IsType<ReadOutcome.Read>(outcome).Kind);
        Assert.Equal([("p1", "S1", "2025-08-27", "2025-10-01", "Ada"), ("p2", "S2", "2025-08-25", "2026-05-29", "Alan")], Students);
        Assert.Equal(["Maths", "Art"], classes.Select(c => c.Title));
        Assert.Equal([("p1", false), ("p1", false), ("t1", true)], places.Select(p => (p.PersonId, p.IsTeacher)));
        Assert.Empty(refused);
    }

    [Fact]
    public void Read_EnrolmentWithoutDates_TakesThoseOfTheTerms()
    {
        files["enrollments.csv"] = "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role\ne1,C1,,p1,student\ne2,C2,S2,p1,student\n";

        Read();

        Assert.Equal([("p1", "S1", "2025-08-25", "2026-05-29", "Ada"), ("p1", "S2", "2026-01-05", "2026-05-29", "Ada")], Students.Take(2));
    }

    [Fact]
    public void Read_TwelveWithRoles_TellsPupilsFromTeachers()
    {
        files["manifest.csv"] = files["manifest.csv"].Replace("1.1", "1.2", StringComparison.Ordinal) + "file.roles,bulk\n";
        files["users.csv"] = "sourcedId,enabledUser,username,givenName,familyName,grades,primaryOrgSourcedId\np1,true,a,Ada,Lovelace,08,S1\np2,true,b,Alan,Turing,09,S2\nt1,true,c,Grace,Hopper,,S1\n";
        files["roles.csv"] = "sourcedId,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\nr1,p1,primary,student,,,S1\nr2,p2,primary,student,2025-09-03,,S2\nr3,t1,primary,teacher,,,S1\nr4,p2,secondary,student,,,D\n";

        Read();

        Assert.Equal([("p1", "S1", "2025-08-27", "2025-10-01", "Ada"), ("p2", "S2", "2025-09-03", "2026-05-29", "Alan")], Students);
    }

    [Fact]
    public void Read_Delta_OnlyWidensAndTakesBackUsers()
    {
        files["manifest.csv"] = files["manifest.csv"].Replace("users,bulk", "users,delta", StringComparison.Ordinal).Replace("enrollments,bulk", "enrollments,delta", StringComparison.Ordinal);
        files["users.csv"] = "sourcedId,status,enabledUser,orgSourcedIds,role,givenName,familyName\np2,tobedeleted,true,S2,student,Alan,Turing\n";
        files["enrollments.csv"] = "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n"
            + "e1,active,C1,S1,p1,student,2025-09-01,2025-10-01\ne9,tobedeleted,C2,S2,p3,student,,\n";

        var outcome = Read();

        Assert.Null(Assert.IsType<ReadOutcome.Read>(outcome).Kind);
        Assert.Equal([("p1", "S1", "2025-09-01", "2025-10-01", "")], Students);
        Assert.True(students[0].WidensOnly);
        Assert.Equal(("p2", null), (deletes[0].Student.Value, deletes[0].School));
    }

    [Fact]
    public void Read_ByIdentifier_NamesPupilsSo()
    {
        Assert.IsType<ReadOutcome.Read>(Read(OneRosterStudentId.Identifier));
        Assert.Equal(["9001", "9002"], students.Select(s => s.Student.Value));
    }

    [Fact]
    public void Read_BadRows_AreRefusedWithTheirFile()
    {
        files["enrollments.csv"] += "e4,,C1,S1,,student,,\ne5,,C1,S1,p1,student,soon,\ne6,,C9,,p1,student,,\ne7,,C1,S1,ghost,student,,\n";

        Read();

        Assert.Equal(
            [
                (5, RefusalReason.MissingStudent, "enrollments.csv/userSourcedId"), (6, RefusalReason.InvalidDate, "enrollments.csv/beginDate"),
                (7, RefusalReason.MissingSchool, "enrollments.csv/schoolSourcedId"), (8, RefusalReason.UnknownStudent, "enrollments.csv/userSourcedId"),
            ],
            refused.Select(r => (r.RowNumber, r.Reason, r.Field)));
    }

    [Fact]
    public void Read_MissingColumn_NamesFileAndColumn()
    {
        files["users.csv"] = "id,givenName\n1,x\n";
        Assert.Contains("users.csv has no column sourcedId", Assert.IsType<ReadOutcome.Refused>(Read()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherVersion_IsRefused()
    {
        files["manifest.csv"] = files["manifest.csv"].Replace("1.1", "2.0", StringComparison.Ordinal);
        Assert.Contains("2.0", Assert.IsType<ReadOutcome.Refused>(Read()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Zip_GivesTheSameAsLooseFiles()
    {
        Read();
        var loose = students.ToList();
        students.Clear();
        using var archive = Assert.IsType<ArchiveOpening.Opened>(
            SafeArchive.Open(SafeArchiveTests.Zip([.. files.Select(f => ("export/" + f.Key, f.Value))]), ArchiveLimits.Default)).Archive;

        Assert.True(OneRosterBundle.IsBundle(archive));
        Assert.IsType<ReadOutcome.Read>(Read(bundle: OneRosterBundle.FromArchive(archive)));
        Assert.Equal(loose, students);
    }

    [Fact]
    public void Read_ConformanceBundle_HasTenUsersAndTwentyFourEnrolments()
    {
        var folder = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_CONFORMANCE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SCHOOLSIGNAL_CONFORMANCE_DATA is not set");

        var outcome = Assert.IsType<ReadOutcome.Read>(Read(bundle: OneRosterBundle.FromFolder(Path.Combine(folder!, "oneroster-1.1"))));

        Assert.Equal((34L, FeedKind.Snapshot), (outcome.Rows, outcome.Kind!.Value));
        Assert.Equal((8, 24, 4), (students.Count, places.Count, places.Count(p => p.IsTeacher)));
        Assert.All(students, s => Assert.Equal((new DateOnly(2020, 8, 17), new DateOnly(2021, 5, 28), "255901001"), (s.Entry!.Value, s.Exit!.Value, s.School.Value)));
        Assert.Empty(refused);
    }

    private ReadOutcome Read(OneRosterStudentId id = OneRosterStudentId.SourcedId, OneRosterBundle? bundle = null) => OneRosterReader.Read(
        bundle ?? new OneRosterBundle(name => files.TryGetValue(name, out var text) ? new MemoryStream(Encoding.UTF8.GetBytes(text)) : null),
        id,
        new RosterSink(students.Add, refused.Add) { Name = names.Add, Delete = deletes.Add, Class = classes.Add, Place = places.Add },
        TestContext.Current.CancellationToken);
}
