using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

public sealed class FeedPipelineTests
{
    private static readonly DateOnly Today = new(2026, 2, 20);

    private const string Students = """
        studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName
        s1,North,7,2025-09-01,,Aiko,Mori
        s2,North,7,2025-09-01,,Ben,Okafor
        s3,South,8,2025-09-01,,Cara,Silva
        """;

    [Fact]
    public async Task Register_OfKnownPupils_StandsInTheLedger()
    {
        await using var app = new LocalApp(Today);
        var roster = await app.SendAsync(Students, new FeedRequest(FeedContent.Roster));
        Assert.Equal((FeedState.Complete, 3L, 0L), (roster.Status.State, roster.Status.Rows, roster.Refused));

        var report = await app.SendAsync("""
            date,schoolId,studentUniqueId,session,code
            2026-02-16,North,s1,AM,I
            2026-02-16,North,s1,PM,I
            2026-02-16,North,s2,AM,/
            2026-02-16,North,s2,PM,\
            2026-02-16,South,s3,AM,/
            2026-02-16,South,s3,PM,L
            2026-02-16,South,s9,AM,/
            2026-02-16,South,s9,PM,/
            2027-02-16,South,s3,AM,/
            """, new FeedRequest(FeedContent.Attendance));

        Assert.Equal(FeedState.Complete, report.Status.State);
        Assert.Equal((6L, 2L, 3L), (report.Changed, report.UnknownStudents, report.Refused));
        var north = await RegisterAsync(app, "North");
        Assert.Equal(SessionScheme.AmPm, north.Scheme);
        var day = north.Days.IndexOf(new DateOnly(2026, 2, 16));
        var block = Assert.Single(north.Blocks);
        Assert.Equal(new Mark(MarkCategory.Absent, MarkReason.Illness).Value, block.Marks[((day * 2) + 1) * 64]);
        Assert.Equal((2, 1), (north.Totals.Possible[day * 2], north.Totals.Absent[day * 2]));
    }

    [Fact]
    public async Task Register_OfManySchools_IsTakenInWhole()
    {
        // More than one row holds, and more than one commit of messages.
        const int Schools = 1_500;
        await using var app = new LocalApp(Today);
        var file = new StringBuilder("date,schoolId,studentUniqueId,code\n");
        for (var school = 0; school < Schools; school++) file.Append(CultureInfo.InvariantCulture, $"2026-02-16,Grundschule-Nr-{school},p{school},/\n");
        var report = await app.SendAsync(file.ToString(), Register);
        Assert.Equal((FeedState.Complete, Schools, Schools), (report.Status.State, report.Status.Split!.Batches, report.Results.Count));
        Assert.Equal(Schools, report.RefusedBecause[RefusalReason.UnknownSchool]);
        Assert.Equal(Schools, (await app.Get<FeedStore>().BatchesAsync(report.Status.Id, default)).Select(b => b.School).Distinct().Count());
    }

    [Fact]
    public async Task Register_OfMoreSchoolsThanAFeedMayHave_IsRefusedAsAWhole()
    {
        await using var app = new LocalApp(Today);
        var file = new StringBuilder("date,schoolId,studentUniqueId,code\n");
        for (var school = 0; school <= FeedStore.MaxBatches; school++) file.Append(CultureInfo.InvariantCulture, $"2026-02-16,S{school},p,/\n");
        var report = await app.SendAsync(file.ToString(), Register);
        Assert.Equal(FeedState.Refused, report.Status.State);
        Assert.Contains("more than 6,272 schools", report.Status.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registers_OfOneLargeSchoolAtOnce_LoseNoMark()
    {
        // 27 blocks in four months are more pages than one commit holds: the feeds meet between the commits.
        const int Pupils = 1_700;
        await using var app = new LocalApp(Today);
        var roster = new StringBuilder("studentUniqueId,schoolId,enrolDate\n");
        for (var pupil = 0; pupil < Pupils; pupil++) roster.Append(CultureInfo.InvariantCulture, $"p{pupil:D4},North,2025-09-01\n");
        await app.SendAsync(roster.ToString(), Roster);

        string[] days = ["2025-11-10", "2025-12-08", "2026-01-12", "2026-02-09"];
        var reports = new List<FeedId>();
        foreach (var (code, every) in ((string, int)[])[("/", 1), ("I", 2), ("O", 3)])
        {
            var register = new StringBuilder("date,schoolId,studentUniqueId,code\n");
            foreach (var day in days)
                for (var pupil = 0; pupil < Pupils; pupil += every) register.Append(CultureInfo.InvariantCulture, $"{day},North,p{pupil:D4},{code}\n");
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(register.ToString()));
            var stated = new DateTimeOffset(2026, 2, 20, 8, every, 0, TimeSpan.Zero);
            var taken = await app.Get<FeedIntake>().ReceiveAsync(
                content, Register with { Profile = "england-2024", StatedAt = stated }, long.MaxValue, null, default);
            reports.Add(Assert.IsType<IntakeResult.Accepted>(taken).Status.Id);
        }
        await app.WorkAsync();

        var marks = await app.MarksAsync("North", SchoolYear.Containing(Today));
        Assert.Equal(Pupils * days.Length, marks.Count);
        foreach (var ((student, _, _), mark) in marks)
        {
            var pupil = int.Parse(student[1..], CultureInfo.InvariantCulture);
            var (category, reason) = pupil % 3 == 0 ? (MarkCategory.Absent, MarkReason.UnauthorisedOther)
                : pupil % 2 == 0 ? (MarkCategory.Absent, MarkReason.Illness)
                : (MarkCategory.Present, MarkReason.None);
            Assert.Equal(category, mark.Category);
            if (reason == MarkReason.Illness) Assert.Equal(reason, mark.Reason);
        }
        foreach (var id in reports)
        {
            var report = (await app.Get<FeedStore>().ReportAsync(id, default))!;
            Assert.Equal((FeedState.Complete, report.Status.Rows), (report.Status.State, report.Changed + report.Unchanged + report.Superseded));
        }
    }

    private static async Task<SchoolYearRegister> RegisterAsync(LocalApp app, string school) =>
        (await app.Get<LedgerReader>().ReadAsync(SchoolId.Parse(school), SchoolYear.Containing(Today), Today, null, CancellationToken.None))!;
}
