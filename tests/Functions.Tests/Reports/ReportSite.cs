using System.Globalization;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;

namespace SchoolSignal.Functions.Tests.Reports;

/// <summary>Two schools of pupils with names and numbers nobody else has, over the weekdays of September and October 2025, as
/// an app takes them in. The last week ends on Friday 31 October.</summary>
internal static class ReportSite
{
    public const int PupilsOfSchool = 60;

    public static readonly DateOnly Monday = new(2025, 11, 3);
    public static readonly ReportPeriod LastWeek = ReportPeriod.WeekOf(new DateOnly(2025, 10, 31));
    public static readonly string[] Schools = ["north", "south"];

    public static IReadOnlyList<DateOnly> Days { get; } =
        [.. Enumerable.Range(0, 61).Select(i => new DateOnly(2025, 9, 1).AddDays(i)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))];

    public static string PupilOf(int school, int pupil) => $"canary-{school}-{pupil}";

    public static async Task FillAsync(LocalApp app)
    {
        await app.Get<DistrictSettingsStore>().SaveAsync(
            DistrictSettings.Default with { LegalBasis = new LegalBasis(LegalBasisKind.NoticeAndOptOut, "board decision 14") }, null, CancellationToken.None);
        var roster = new StringBuilder("studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName\n");
        foreach (var (school, pupil) in Pupils())
            roster.Append(CultureInfo.InvariantCulture, $"{PupilOf(school, pupil)},{Schools[school]},7,2025-09-01,,Canarygiven{school}x{pupil},Canaryfamily{school}x{pupil}\n");
        await app.SendAsync(roster.ToString(), new FeedRequest(FeedContent.Roster));
        await SendAsync(app, Days, (_, pupil, day) => pupil % 6 == 0 && day >= Days[^(8 + (pupil / 6))] ? "U" : pupil % 5 == 1 && day.DayOfWeek == DayOfWeek.Wednesday ? "E" : "P");
    }

    public static Task SendAsync(LocalApp app, IEnumerable<DateOnly> days, Func<int, int, DateOnly, string> code)
    {
        var csv = new StringBuilder("date,schoolId,studentUniqueId,code\n");
        foreach (var day in days)
            foreach (var (school, pupil) in Pupils())
                csv.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{Schools[school]},{PupilOf(school, pupil)},{code(school, pupil, day)}\n");
        return app.SendAsync(csv.ToString(), new FeedRequest(FeedContent.Attendance, "us-daily", FeedKind.Register));
    }

    public static async Task<ReportId?> CountAsync(LocalApp app, ReportPeriod period)
    {
        Assert.True(await app.Get<PeriodCounting>().AskAsync(period, CancellationToken.None));
        await app.WorkAsync();
        return await app.Get<ReportStore>().OfPeriodAsync(period, CancellationToken.None) is [.., var made] ? made.Report.Id : null;
    }

    private static IEnumerable<(int School, int Pupil)> Pupils() =>
        from school in Enumerable.Range(0, Schools.Length) from pupil in Enumerable.Range(0, PupilsOfSchool) select (school, pupil);
}
