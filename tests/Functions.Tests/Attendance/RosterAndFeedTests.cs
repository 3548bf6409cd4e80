using System.IO.Compression;
using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>Enrolments and feeds together: who is on roll decides what a row is.</summary>
public sealed class RosterAndFeedTests : IAsyncLifetime
{
    private const string Header = "date,schoolId,studentUniqueId,code\n";

    private static readonly DateOnly Today = new(2026, 2, 13);
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);
    private static readonly Mark Ill = new(MarkCategory.Absent, MarkReason.Illness);

    private readonly LocalApp app = new(Today);

    public async ValueTask InitializeAsync() => await app.SendAsync("""
        studentUniqueId,schoolId,enrolDate
        s1,North,2021-09-01
        s2,North,2025-09-01
        s3,South,2025-09-01
        """, Roster);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Rows_OfASchoolNobodyIsEnrolledIn_AreRefusedAndMakeNoSchool()
    {
        var report = await app.SendAsync(Header + "2026-02-09,Nroth,s1,I\n2026-02-09,Nroth,s9,I\n2026-02-09,North,s1,I\n", Register);
        Assert.Equal((1L, 2L), (report.Changed, report.RefusedBecause[RefusalReason.UnknownSchool]));
        Assert.Null(await app.HeaderAsync("Nroth", Year));
        Assert.DoesNotContain(SchoolId.Parse("Nroth"), await app.Get<SchoolRegistry>().InYearAsync(Year, default));
        Assert.Contains("2026-02-09,Nroth,s9,I", await app.RefusedCsvAsync(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feed_OfWhichNothingWasTaken_CoversNoDay()
    {
        await app.SendAsync(Header + "2026-02-09,North,s1,I\n", Register);
        await app.SendAsync(Header + "2026-02-12,North,s9,I\n", Exceptions);
        Assert.Equal(Days("2026-02-09", "2026-02-09"), (await app.HeaderAsync("North", Year))!.Covered);
    }

    [Fact]
    public async Task Transfer_KeepsTheHistoryAndFlagsBothPlaces()
    {
        await app.SendAsync(Header + "2026-01-12,North,s1,I\n", Register);
        await app.SendAsync("studentUniqueId,schoolId,enrolDate,exitDate\ns1,North,2021-09-01,2026-01-31\ns1,South,2026-02-01,\n", Roster);
        await app.SendAsync(Header + "2026-02-09,South,s1,I\n", Register);
        Assert.Equal((Ill, Ill), (await app.MarkAsync("North", "s1", "2026-01-12"), await app.MarkAsync("South", "s1", "2026-02-09")));
        Assert.True((await SlotAsync("North", "s1"))!.ElsewhereToo);
        Assert.True((await SlotAsync("South", "s1"))!.ElsewhereToo);
        Assert.Equal(new DateOnly(2026, 1, 31), (await SlotAsync("North", "s1"))!.Spans.Single().Exit);
    }

    [Fact]
    public async Task ReEnrolment_MakesASecondStay()
    {
        await app.SendAsync("studentUniqueId,schoolId,enrolDate,exitDate\ns2,North,2025-09-01,2025-10-31\n", Roster);
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns2,North,2026-01-05\n", Roster);
        var report = await app.SendAsync(Header + "2025-12-01,North,s2,I\n2026-01-12,North,s2,I\n", Register);
        Assert.Equal((2L, 1L, 0L), (report.Changed, report.OutsideEnrollment, report.Refused));
        Assert.Equal(2, (await SlotAsync("North", "s2"))!.Spans.Count);
        // Kept, though no indicator counts it.
        Assert.Equal(Ill, await app.MarkAsync("North", "s2", "2025-12-01"));
    }

    [Fact]
    public async Task RosterWithoutEntryDates_LeavesAStayItsOwnEntry()
    {
        await app.SendAsync("studentUniqueId,schoolId,grade\ns1,North,8\n", Roster);
        Assert.Equal(new DateOnly(2021, 9, 1), (await SlotAsync("North", "s1"))!.Spans.Single().Entry);
    }

    [Fact]
    public async Task RosterThatEndsAStayBeforeThisYear_TakesThePupilOffThisYearsRoll()
    {
        await app.SendAsync("studentUniqueId,schoolId,enrolDate,exitDate\ns1,North,2021-09-01,2023-07-20\n", Roster);
        Assert.Empty((await SlotAsync("North", "s1"))!.Spans);
    }

    [Fact]
    public async Task RosterThatMovesAStay_CountsTheSchoolDayAnew()
    {
        await app.SendAsync(Header + "2026-02-09,North,s1,I\n2026-02-09,North,s2,/\n", Register);
        Assert.Equal((2, 1), await TotalsAsync());
        await app.SendAsync("studentUniqueId,schoolId,enrolDate,exitDate\ns1,North,2021-09-01,2026-01-31\n", Roster);
        Assert.Equal((1, 0), await TotalsAsync());

        async Task<(int, int)> TotalsAsync()
        {
            var register = (await app.RegisterAsync("North", Year))!;
            var day = register.Days.IndexOf(new DateOnly(2026, 2, 9));
            return (register.Totals.Possible[day], register.Totals.Absent[day]);
        }
    }

    [Fact]
    public async Task StayThatBeganYearsAgo_GetsASlotInAnOldYearWhenFirstNamed()
    {
        await app.SendAsync(Header + "2023-02-06,North,s1,I\n", Register);
        Assert.Equal(Ill, await app.MarkAsync("North", "s1", "2023-02-06"));
    }

    [Fact]
    public async Task PupilEnrolledElsewhere_RowsAreKeptAndCounted()
    {
        var report = await app.SendAsync(Header + "2026-02-09,North,s3,I\n2026-02-09,North,s1,/\n", Register);
        Assert.Equal((2L, 1L, 0L), (report.Changed, report.OutsideEnrollment, report.Refused));
    }

    [Fact]
    public async Task RowsWithoutASchoolColumn_GoWhereThePupilIsEnrolled()
    {
        var report = await app.SendAsync("date,studentUniqueId,code\n2026-02-09,s1,I\n2026-02-09,s3,I\n2026-02-09,s9,I\n", Register);
        Assert.Equal((2L, 1L), (report.Changed, report.Refused));
        Assert.Equal((Ill, Ill), (await app.MarkAsync("North", "s1", "2026-02-09"), await app.MarkAsync("South", "s3", "2026-02-09")));
    }

    [Fact]
    public async Task WithoutRoster_Twice_WidensTheStay()
    {
        var request = Register with { WithoutRoster = true };
        await app.SendAsync(Header + "2026-02-05,West,w1,I\n2026-02-06,West,w1,I\n", request);
        await app.SendAsync(Header + "2026-02-09,West,w1,I\n", request);
        Assert.Equal(new EnrollmentSpan(new(2026, 2, 5), new(2026, 2, 9)), (await SlotAsync("West", "w1"))!.Spans.Single());
    }

    [Fact]
    public async Task OneRosterBulk_NoLongerNamed_HasLeftTheDayBefore()
    {
        var report = await app.SendAsync(Bundle("s1"), Roster with { FileName = ".zip" });
        Assert.Equal(FeedState.Complete, report.Status.State);
        Assert.Equal(Today.AddDays(-1), (await SlotAsync("North", "s2"))!.Spans.Single().Exit);
        Assert.Null((await SlotAsync("South", "s3"))!.Spans.Single().Exit);
    }

    [Fact]
    public async Task OneRosterBulk_MoreThanHalfWouldLeave_NobodyDoesAndItSaysSo()
    {
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns4,North,2025-09-01\n", Roster);
        // Two of three on roll would leave.
        var report = await app.SendAsync(Bundle("s1"), Roster with { FileName = ".zip" });
        Assert.Contains(report.Status.Warnings, w => w.Contains("More than half", StringComparison.Ordinal));
        Assert.Null((await SlotAsync("North", "s2"))!.Spans.Single().Exit);
    }

    /// <summary>The roll's row comes first and its sealed ids after it: a crash in between leaves ids missing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SealedIds_MissingAfterACrash_AreRestoredFromTheDirectory(bool all)
    {
        var store = app.Get<ITableStore>();
        var partition = PartitionKey.Of("test", "roll", "North", Year.ToString());
        async Task<TableRow> SealedAsync() => (await store.GetAsync(TableName.Directory, partition, RowKey.Of("B", "0000"), default))!.Value;
        var before = await SealedAsync();
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns9,North,2025-09-01\n", Roster);
        var whole = await SealedAsync();
        RowChange crash = all ? new RowChange.Delete(whole.Key, whole.ETag) : new RowChange.Replace(whole.Key, whole.ETag, before.Body.ToArray());
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(TableName.Directory, partition, [crash], default));

        var report = await app.SendAsync(Header + "2026-02-09,North,s9,I\n2026-02-09,North,s1,I\n", Register);
        Assert.Equal((2L, 0L), (report.Changed, report.Refused));
        Assert.Equal((Ill, Ill), (await app.MarkAsync("North", "s9", "2026-02-09"), await app.MarkAsync("North", "s1", "2026-02-09")));
        // Kept again, so that the next reading finds them.
        Assert.Equal(whole.Body.Length, (await SealedAsync()).Body.Length);
    }

    [Fact]
    public async Task Directory_FiftyAtOnce_GiveOneKeyEach()
    {
        var directory = app.Get<StudentDirectory>();
        var namings = Enumerable.Range(0, 40).Select(i => new StudentNaming(StudentUniqueId.Parse($"d{i}"))).ToList();
        var keys = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => directory.EnsureAsync(namings, default))));
        Assert.All(keys, k => Assert.Equal(keys[0], k));
        Assert.Equal(40, keys[0].Distinct().Count());
    }

    private static MemoryStream Bundle(params string[] students)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("manifest.csv", """
                propertyName,value
                manifest.version,1.0
                oneroster.version,1.1
                file.academicSessions,absent
                file.classes,bulk
                file.enrollments,bulk
                file.orgs,bulk
                file.users,bulk
                """);
            Add("orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nNorth,,,North,school,,\n");
            Add("classes.csv", "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\nc1,,,Art,,,,,,North,,,,\n");
            Add("users.csv", "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
                + string.Concat(students.Select(s => $"{s},,,true,North,student,u,,A,B,,,,,,,7,\n")));
            Add("enrollments.csv", "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
                + string.Concat(students.Select(s => $"e{s},,,c1,North,{s},student,false,2025-09-01,\n")));

            void Add(string name, string text)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        stream.Position = 0;
        return stream;
    }

    private async Task<RegisterSlot?> SlotAsync(string school, string student)
    {
        var roll = await app.Get<SchoolRolls>().LoadAsync(SchoolId.Parse(school), Year, default);
        var at = roll.Find(Encoding.UTF8.GetBytes(student));
        return at < 0 ? null : roll[at];
    }
}
