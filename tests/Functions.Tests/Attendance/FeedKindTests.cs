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
