using System.Globalization;
using Microsoft.AspNetCore.Http;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Functions.SignIn;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>Today is the day it is at the schools: around midnight, east and west of Greenwich.</summary>
public sealed class LocalDayTests
{
    private static readonly SchoolId North = SchoolId.Parse("North");

    /// <summary>Moments and the day they lie on at the schools.</summary>
    public static TheoryData<string, string, string> Midnights => new()
    {
        { "Asia/Tokyo", "2026-02-12T14:59:00Z", "2026-02-12" },
        { "Asia/Tokyo", "2026-02-12T15:00:30Z", "2026-02-13" },
        { "America/Los_Angeles", "2026-02-13T07:59:00Z", "2026-02-12" },
        { "America/Los_Angeles", "2026-02-13T08:00:30Z", "2026-02-13" },
    };

    [Theory]
    [MemberData(nameof(Midnights))]
    public async Task Feed_CoversMoreThanToday_IsTakenUpToTheSchoolsToday(string zone, string moment, string today)
    {
        await using var app = await OpenAsync(zone, moment);
        var report = await app.SendAsync(
            "date,schoolId,studentUniqueId,code\n2026-02-09,North,s1,I\n", Exceptions with { Covers = Days("2026-02-09", "2026-02-20") });
        Assert.Equal(Day(today), report.Status.Covers!.Value.To);
        Assert.Contains(report.Warnings, warning => warning.Contains(today, StringComparison.Ordinal));
        // Not a day is missing: it speaks for all through today.
        Assert.Equal((Day(today), 0), Assert.Single(await app.Get<FreshnessReading>().ReadAsync(default), s => s.School == North) is var fresh ? (fresh.CoveredTo!.Value, fresh.SchoolDaysMissing) : default);
    }

    [Theory]
    [MemberData(nameof(Midnights))]
    public async Task Form_OfTheSchoolsToday_IsReadAndOneOfTomorrowIsNot(string zone, string moment, string today)
    {
        await using var app = await OpenAsync(zone, moment);
        foreach (var (ahead, refused) in new[] { (0, 0L), (2, 1L) })
        {
            var day = Day(today).AddDays(ahead).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var report = await app.SendAsync(
                $"{{\"date\":\"{day}\",\"studentUniqueId\":\"s1\",\"observer\":\"t-1\",\"items\":{{\"1\":1}}}}", new FeedRequest(FeedContent.Observations));
            Assert.Equal(refused, report.Refused);
        }
    }

    /// <summary>A pupil who is in the class through the 12th.</summary>
    [Theory]
    [MemberData(nameof(Midnights))]
    public async Task Gate_PupilLeavesTheClass_IsTheTeachersThroughTheLastDayAtTheSchool(string zone, string moment, string today)
    {
        await using var app = await OpenAsync(zone, moment);
        var student = (await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("s1"), default))!.Value;
        var own = new SchoolClass(North, ClassId.Parse("7A"));
        await app.Get<ClassStore>().SaveAsync(new ClassRoll(own, "Class 7A", [new ClassPlace(student, null, new DateOnly(2026, 2, 12))]), default);
        var teacher = new Caller(StaffId.Parse("t"), new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { North }) { Classes = [own] };
        var admission = await app.Get<Gate>().AskAsync(new DefaultHttpContext().Request, teacher, AccessAction.SubmitObservation, student, null, default);
        Assert.Equal(Day(today) <= new DateOnly(2026, 2, 12) ? AccessReason.OwnClass : AccessReason.OtherPupil, admission.Reason);
    }

    [Theory]
    [InlineData("Asia/Tokyo", "2026-02-12T18:59:00Z", false)]
    [InlineData("Asia/Tokyo", "2026-02-12T19:00:00Z", true)]
    [InlineData("America/Los_Angeles", "2026-02-13T11:59:00Z", false)]
    [InlineData("America/Los_Angeles", "2026-02-13T12:00:00Z", true)]
    public async Task Night_FromFourByTheSchoolsClock_IsAskedForOnce(string zone, string moment, bool isAsked)
    {
        await using var app = await OpenAsync(zone, moment);
        await app.Get<SchoolRegistry>().AddAsync(North, SchoolYear.Containing(new DateOnly(2026, 2, 13), 8), default);
        Assert.Equal(isAsked ? 1 : 0, await app.Get<NightlySweep>().AskAsync(default));
        Assert.Equal(0, await app.Get<NightlySweep>().AskAsync(default));
    }

    [Theory]
    [InlineData("Asia/Tokyo", "2026-02-28T15:00:30Z", 3)]
    [InlineData("Asia/Tokyo", "2026-02-28T14:58:00Z", 2)]
    [InlineData("America/Los_Angeles", "2026-03-01T07:58:00Z", 2)]
    [InlineData("America/Los_Angeles", "2026-03-01T08:00:30Z", 3)]
    public async Task Feeds_OfAMonth_AreThoseThatArrivedInItAtTheSchools(string zone, string moment, int month)
    {
        await using var app = await OpenAsync(zone, moment);
        var profile = await app.Get<DistrictSettingsStore>().ReadProfileAsync(default);
        foreach (var asked in new[] { 2, 3 })
            Assert.Equal(asked == month ? 1 : 0, (await app.Get<FeedStore>().ArrivedInAsync(new DateOnly(2026, asked, 1), profile, default)).Count);
    }

    /// <summary>A district in the zone with one pupil, at the moment.</summary>
    private static async Task<LocalApp> OpenAsync(string zone, string moment)
    {
        var app = new LocalApp(default, new DemoClock(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture)));
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { Profile = new DistrictProfile(null, null, zone) }), default);
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns1,North,2025-09-01\n", Roster);
        return app;
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
