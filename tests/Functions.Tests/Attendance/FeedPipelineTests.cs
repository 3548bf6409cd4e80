using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

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

    private static async Task<SchoolYearRegister> RegisterAsync(LocalApp app, string school) =>
        (await app.Get<LedgerReader>().ReadAsync(SchoolId.Parse(school), SchoolYear.Containing(Today), Today, null, CancellationToken.None))!;
}
