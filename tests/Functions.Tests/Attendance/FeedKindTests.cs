using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>What each kind of feed says of those it does not name (design.md, Feeds).</summary>
public sealed class FeedKindTests : IAsyncLifetime
{
    // A Friday; the week of the tests runs from Monday 2026-02-09 to Friday 2026-02-13.
    private static readonly DateOnly Today = new(2026, 2, 13);
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);
    private static readonly Mark Ill = new(MarkCategory.Absent, MarkReason.Illness);

    private readonly LocalApp app = new(Today);

    public async ValueTask InitializeAsync() => await app.SendAsync("""
        studentUniqueId,schoolId,enrolDate
        s1,North,2025-09-01
        s2,North,2025-09-01
        s3,South,2025-09-01
        s4,North,2026-02-11
        """, Roster);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Register_UnnamedPupil_StaysUnknown()
    {
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-09,North,s1,I\n", Register);
        Assert.Equal((Ill, Mark.Unknown), (await app.MarkAsync("North", "s1", "2026-02-09"), await app.MarkAsync("North", "s2", "2026-02-09")));
    }

    [Fact]
    public async Task Exceptions_NoEventOnACoveredDay_IsPresentForAllOnRoll()
    {
        var report = await app.SendAsync(
            "date,schoolId,studentUniqueId,code\n2026-02-10,North,s1,I\n", Exceptions with { Covers = Days("2026-02-07", "2026-02-12") });

        Assert.Equal((FeedState.Complete, 1L, 9L), (report.Status.State, report.Changed, report.Filled));
        var marks = await app.MarksAsync("North", Year);
        // Four weekdays of s1 and s2, and s4 from the day of entry; South is not spoken of.
        Assert.Equal(10, marks.Count);
        Assert.Equal(Ill, marks[("s1", new(2026, 2, 10), 0)]);
        Assert.Equal(Mark.Present, marks[("s2", new(2026, 2, 10), 0)]);
        Assert.False(marks.ContainsKey(("s4", new(2026, 2, 10), 0)));
        Assert.Equal(Mark.Present, marks[("s4", new(2026, 2, 11), 0)]);
        Assert.Empty(await app.MarksAsync("South", Year));
    }

    [Fact]
    public async Task Exceptions_EventVanishesFromALaterFeed_BecomesPresent()
    {
        var covered = Exceptions with { Covers = Days("2026-02-09", "2026-02-10") };
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-09,North,s1,I\n2026-02-10,North,s1,I\n", covered);
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,North,s1,I\n", covered);
        Assert.Equal((Mark.Present, Ill), (await app.MarkAsync("North", "s1", "2026-02-09"), await app.MarkAsync("North", "s1", "2026-02-10")));
    }

    [Fact]
    public async Task Exceptions_HeaderOnlyWithCoverage_IsPresentInEverySchoolWithARoll()
    {
        var report = await app.SendAsync("date,schoolId,studentUniqueId,code\n", Exceptions with { Covers = Days("2026-02-12", "2026-02-12") });
        Assert.Equal((FeedState.Complete, 4L, 0L), (report.Status.State, report.Filled, report.Refused));
        Assert.Equal(["s1", "s2", "s4"], (await app.MarksAsync("North", Year)).Keys.Select(k => k.Student).Order());
        Assert.Equal(Mark.Present, await app.MarkAsync("South", "s3", "2026-02-12"));
    }

    [Fact]
    public async Task Exceptions_HeaderOnlyInANewYear_SpeaksForLastYearsRolls()
    {
        await using var later = new LocalApp(new DateOnly(2026, 9, 10));
        await later.SendAsync("studentUniqueId,schoolId,enrolDate,exitDate\ns1,North,2024-09-02,\ns2,North,2024-09-02,2026-07-20\n", Roster);
        await later.SendAsync("date,schoolId,studentUniqueId,code\n", Exceptions with { Covers = Days("2026-09-10", "2026-09-10") });
        Assert.Equal(["s1"], (await later.MarksAsync("North", new SchoolYear(2027))).Keys.Select(k => k.Student));
    }

    [Fact]
    public async Task Feed_HeaderOnlyWithoutCoverage_IsRefusedWithWords()
    {
        var report = await app.SendAsync("date,schoolId,studentUniqueId,code\n", Exceptions);
        Assert.Equal(FeedState.Refused, report.Status.State);
        Assert.Contains("--covers", report.Status.Why, StringComparison.Ordinal);
        Assert.Null(await app.HeaderAsync("North", Year));
    }

    [Fact]
    public async Task Exceptions_EveryRowRefused_SpeaksForNobody()
    {
        var report = await app.SendAsync(
            "date,schoolId,studentUniqueId,code\n2031-02-12,North,s1,I\n", Exceptions with { Covers = Days("2026-02-12", "2026-02-12") });
        Assert.Equal((FeedState.Complete, 1L, 0L), (report.Status.State, report.Refused, report.Filled));
        Assert.Null(await app.HeaderAsync("North", Year));
    }

    [Fact]
    public async Task Exceptions_CoverageReachingIntoTheFuture_IsTakenUpToToday()
    {
        var report = await app.SendAsync(
            "date,schoolId,studentUniqueId,code\n", Exceptions with { Covers = Days("2026-02-12", "2026-07-17") });
        Assert.Equal(Days("2026-02-12", "2026-02-13"), report.Status.Covers);
        Assert.Contains(report.Status.Warnings, w => w.Contains("future", StringComparison.Ordinal));
        Assert.Equal(Today, (await app.HeaderAsync("North", Year))!.Covered!.Value.To);

        var ahead = await app.SendAsync("date,schoolId,studentUniqueId,code\n", Exceptions with { Covers = Days("2026-02-16", "2026-07-17") });
        Assert.Equal(FeedState.Refused, ahead.Status.State);
    }

    [Theory]
    [InlineData(FeedKind.Exceptions)]
    [InlineData(FeedKind.Snapshot)]
    public async Task Repeat_AfterAPupilJoinedTheRoll_SpeaksForThatPupilToo(FeedKind kind)
    {
        const string File = "date,schoolId,studentUniqueId,code\n2026-02-09,North,s1,I\n";
        var request = new FeedRequest(FeedContent.Attendance, Kind: kind, Covers: Days("2026-02-09", "2026-02-10"));
        await app.SendAsync(File, request);
        Assert.Equal(FeedState.Repeated, (await app.SendAsync(File, request)).Status.State);

        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns9,North,2025-09-01\n", Roster);
        var again = await app.SendAsync(File, request);
        Assert.Equal((FeedState.Complete, kind == FeedKind.Exceptions ? 2L : 0L), (again.Status.State, again.Filled));
        Assert.Equal(kind == FeedKind.Exceptions ? Mark.Present : Mark.Unknown, await app.MarkAsync("North", "s9", "2026-02-09"));
        Assert.Equal(Ill, await app.MarkAsync("North", "s1", "2026-02-09"));
        Assert.Equal(FeedState.Repeated, (await app.SendAsync(File, request)).Status.State);
    }

    [Fact]
    public async Task RepeatWithoutARow_AfterASchoolGotARoll_SpeaksForThatSchoolToo()
    {
        var request = Exceptions with { Covers = Days("2026-02-12", "2026-02-12") };
        await app.SendAsync("date,schoolId,studentUniqueId,code\n", request);
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\nw1,West,2025-09-01\n", Roster);
        Assert.Equal(FeedState.Complete, (await app.SendAsync("date,schoolId,studentUniqueId,code\n", request)).Status.State);
        Assert.Equal(Mark.Present, await app.MarkAsync("West", "w1", "2026-02-12"));
    }

    [Fact]
    public async Task Calendar_ThatAddsADay_GetsItFilledByTheFeedThatCoveredIt()
    {
        var calendar = new FeedRequest(FeedContent.Calendar);
        string Week(bool tuesday) => "date,instructional\n" + string.Concat(
            Enumerable.Range(9, 5).Select(day => $"2026-02-{day:D2},{(day == 10 ? tuesday : true)}\n"));
        await app.SendAsync(Week(tuesday: false), calendar);
        var feed = await app.SendAsync(
            "date,schoolId,studentUniqueId,code\n2026-02-10,North,s1,I\n", Exceptions with { Covers = Days("2026-02-09", "2026-02-12") });
        Assert.Equal(1L, feed.OutsideCalendar);
        // A correction of what is not yet a school day, and a statement older than the feed.
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,South,s3,I\n", Register);
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns5,North,2025-09-01\n", Roster);
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,North,s5,L\n", Register with { StatedAt = new DateTimeOffset(2026, 2, 10, 9, 0, 0, TimeSpan.Zero) });

        await app.SendAsync(Week(tuesday: true), calendar);
        var marks = await app.MarksAsync("North", Year);
        Assert.Equal((Ill, Mark.Present, Mark.Present), (marks[("s1", new(2026, 2, 10), 0)], marks[("s2", new(2026, 2, 10), 0)], marks[("s5", new(2026, 2, 10), 0)]));
        Assert.False(marks.ContainsKey(("s4", new(2026, 2, 10), 0)));
        // South was not covered by the exceptions feed, and stays as its register has it.
        Assert.Equal(Ill, await app.MarkAsync("South", "s3", "2026-02-10"));
        var register = (await app.RegisterAsync("North", Year))!;
        Assert.Equal((3, 1), (register.Totals.Possible[register.Days.IndexOf(new(2026, 2, 10))], register.Totals.Absent[register.Days.IndexOf(new(2026, 2, 10))]));
        // Once more changes nothing, nor what a later feed said.
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,North,s2,L\n", Register);
        await app.SendAsync(Week(tuesday: true) + "2026-02-16,true\n", calendar);
        Assert.Equal(MarkCategory.Late, (await app.MarkAsync("North", "s2", "2026-02-10")).Category);
    }

    /// <summary>What the Ed-Fi API lists as deleted since: each takes one event back, and speaks for nobody else.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EdFiDeletesOnly_TakeBackWhatTheyName(bool coverageStated)
    {
        static string Event(string student, string day) => $$"""
            {"studentReference":{"studentUniqueId":"{{student}}"},"schoolReference":{"schoolId":"North"},"eventDate":"{{day}}",
             "attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#Excused Absence"}
            """;
        static string Delete(string student, string day) => $$$"""
            {"id":"x","changeVersion":7,"keyValues":{"attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#Excused Absence",
             "eventDate":"{{{day}}}","schoolId":"North","schoolYear":2026,"sessionName":"Spring","studentUniqueId":"{{{student}}}"}}
            """;
        var json = new FeedRequest(FeedContent.Attendance, FileName: "a.json");
        var events = await app.SendAsync($"[{Event("s1", "2026-02-09")},{Event("s2", "2026-02-09")},{Event("s2", "2026-02-10")}]", json);
        Assert.Equal((FeedState.Complete, FeedKind.Exceptions), (events.Status.State, events.Status.Kind));

        var deletes = await app.SendAsync($"[{Delete("s1", "2026-02-09")}]", json with { Covers = coverageStated ? Days("2026-02-09", "2026-02-10") : null });
        Assert.Equal((FeedState.Complete, 1L, 0L), (deletes.Status.State, deletes.Status.Rows, deletes.Refused));
        Assert.Equal(Mark.Present, await app.MarkAsync("North", "s1", "2026-02-09"));
        // With its days stated it is all there is to say of them.
        Assert.Equal(!coverageStated, (await app.MarkAsync("North", "s2", "2026-02-09")).IsAbsent);
        Assert.Equal(!coverageStated, (await app.MarkAsync("North", "s2", "2026-02-10")).IsAbsent);
        if (!coverageStated) Assert.Equal(0L, deletes.Filled);
    }

    [Fact]
    public async Task Exceptions_SectionEventsOnly_NeverFillTheRegister()
    {
        await app.SendAsync("""
            <InterchangeStudentAttendance xmlns="http://ed-fi.org/0310"><StudentSectionAttendanceEvent>
              <AttendanceEvent><EventDate>2026-02-10</EventDate><AttendanceEventCategory>uri://ed-fi.org/AttendanceEventCategoryDescriptor#Tardy</AttendanceEventCategory></AttendanceEvent>
              <StudentReference><StudentIdentity><StudentUniqueId>s1</StudentUniqueId></StudentIdentity></StudentReference>
              <SectionReference><SectionIdentity><SectionIdentifier>Art</SectionIdentifier><CourseOfferingReference><CourseOfferingIdentity>
                <LocalCourseCode>A1</LocalCourseCode><SchoolReference><SchoolIdentity><SchoolId>North</SchoolId></SchoolIdentity></SchoolReference>
              </CourseOfferingIdentity></CourseOfferingReference></SectionIdentity></SectionReference>
            </StudentSectionAttendanceEvent></InterchangeStudentAttendance>
            """, Exceptions with { Covers = Days("2026-02-09", "2026-02-12") });
        // How the school records its day, and what its feeds cover, is for its first register to say.
        Assert.Null(await app.HeaderAsync("North", Year));

        await app.SendAsync("date,schoolId,studentUniqueId,session,code\n2026-02-10,North,s1,AM,/\n2026-02-10,North,s1,PM,\\\n", Register);
        var register = (await app.RegisterAsync("North", Year))!;
        Assert.Equal(SessionScheme.AmPm, register.Scheme);
        Assert.Equal(MarkCategory.Late, Assert.Single(Assert.Single(register.Blocks).SectionAbsences).Mark.Category);
        Assert.Equal(2, (await app.MarksAsync("North", Year)).Count);
    }

    [Fact]
    public async Task Snapshot_NoLongerNamed_BecomesUnknown()
    {
        var covered = Snapshot with { Covers = Days("2026-02-09", "2026-02-09") };
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-09,North,s1,P\n2026-02-09,North,s2,P\n2026-02-10,North,s2,P\n", Register);
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-09,North,s1,P\n", covered);
        var marks = await app.MarksAsync("North", Year);
        Assert.False(marks.ContainsKey(("s2", new(2026, 2, 9), 0)));
        Assert.True(marks.ContainsKey(("s2", new(2026, 2, 10), 0)));
    }

    [Theory]
    [InlineData("A,A,P,P", MarkCategory.Absent)]
    [InlineData("A,P,P,P", MarkCategory.Partial)]
    [InlineData("P,P,P,P", MarkCategory.Present)]
    [InlineData("A,A,A,A", MarkCategory.Absent)]
    public async Task Register_PeriodMarks_FoldIntoTheDay(string codes, MarkCategory expected)
    {
        var rows = codes.Split(',').Select((code, i) => $"2026-02-09,North,s1,{i + 1},{code}");
        await app.SendAsync("date,schoolId,studentUniqueId,period,code\n" + string.Join('\n', rows), Register);
        Assert.Equal(expected, (await app.MarkAsync("North", "s1", "2026-02-09")).Category);
        // A missed lesson counts on its own only on a day the pupil was there.
        var missed = Assert.Single((await app.RegisterAsync("North", Year))!.Blocks).SectionAbsences.Count;
        Assert.Equal(expected == MarkCategory.Partial ? 1 : 0, missed);
    }

    [Fact]
    public async Task WholeDayMark_InAnAmPmSchool_SetsBothSessions()
    {
        await app.SendAsync("date,schoolId,studentUniqueId,session,code\n2026-02-09,North,s1,AM,/\n2026-02-09,North,s1,PM,\\\n", Register);
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,North,s1,I\n", Register);
        Assert.Equal((Ill, Ill), (await app.MarkAsync("North", "s1", "2026-02-10"), await app.MarkAsync("North", "s1", "2026-02-10", 1)));
    }

    [Theory]
    [InlineData("I", "/", MarkCategory.Partial)]
    [InlineData("I", "I", MarkCategory.Absent)]
    [InlineData("/", "/", MarkCategory.Present)]
    public async Task AmPmMarks_InAWholeDaySchool_MakeTheDay(string am, string pm, MarkCategory expected)
    {
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-09,North,s1,P\n", Register);
        await app.SendAsync($"date,schoolId,studentUniqueId,session,code\n2026-02-10,North,s1,AM,{am}\n2026-02-10,North,s1,PM,{pm}\n", Register);
        Assert.Equal(SessionScheme.WholeDay, (await app.HeaderAsync("North", Year))!.Scheme);
        Assert.Equal(expected, (await app.MarkAsync("North", "s1", "2026-02-10")).Category);
    }
}
