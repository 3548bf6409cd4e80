using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Functions.Tests.SignIn;

namespace SchoolSignal.Functions.Tests.Reports;

/// <summary>How long the page of a large district's report takes: 200 schools, half a year of weeks.</summary>
public sealed class ReportSpeedTests
{
    private const int Schools = 200;

    private static readonly JsonSerializerOptions Stored =
        new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    [Fact]
    public async Task Page_OfTwoHundredSchoolsAndTwentySixWeeks_IsThereSoon()
    {
        await using var app = await TenantApp.StartAsync();
        var person = await app.HireAsync("morgan", TenantApp.Mine, Role.Administrator);
        var token = app.Tenant.AccessToken(person);
        var id = await StoreAsync(app);

        var times = new List<double>();
        var size = 0;
        for (var i = 0; i < 30; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            using var answer = await app.AskAsync(token, HttpMethod.Get, $"/district/reports/{id}");
            size = (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        var first = times[0];
        times.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Report page of {Schools} schools, {size / 1024} KiB: first {first:F0} ms, then median {times[15]:F1} ms, 19 in 20 within {times[28]:F1} ms, request to last byte."));
        Assert.True(times[15] < 300, $"The page takes {times[15]:F0} ms.");
    }

    private static async Task<ReportId> StoreAsync(TenantApp app)
    {
        var random = new Random(1);
        var week = ReportPeriod.WeekOf(new DateOnly(2026, 3, 9));
        var id = new ReportId(week, 1);
        var line = new ReportLine(CountState.Counted, week.First.AddDays(4), 99, new AnswerTimes(2, 4.5m));
        var schools = Enumerable.Range(0, Schools).Select(i => new ReportSchool(SchoolId.Parse($"School {i:D3}"), line)).ToList();
        var content = new ReportContent(
            id.ToString(), DateTimeOffset.UnixEpoch, ReportMode.Hide, 10, line, schools, [], new Dictionary<string, IReadOnlyList<long?>>(), null,
            [.. Enumerable.Range(0, 26).Select(back => new TrendWeek(
                new ReportId(ReportPeriod.WeekOf(week.First.AddDays(-7 * (25 - back))), 1).ToString(),
                [.. Enumerable.Range(0, Schools + 1).Select(_ => new TrendPoint(
                    CountState.Counted, 400, 40, random.Next(4) == 0 ? null : random.Next(20, 60), 3_600, random.Next(8) == 0 ? null : random.Next(150, 300), 12))]))]);
        content = content with
        {
            Tables = content.Shape().Shapes().ToDictionary(
                s => s.Name, s => (IReadOnlyList<long?>)[.. Enumerable.Range(0, s.Count).Select(_ => random.Next(4) == 0 ? (long?)null : random.Next(10, 400))]),
        };
        await app.Get<ReportArchive>().WriteAsync(content, null, new PeriodCounts(week, []), CancellationToken.None);
        var report = new Report(id.ToString(), ReportState.Released, DateTimeOffset.UnixEpoch, ReportMode.Hide, "", 0, 1, 5_000, 900, null, null, []);
        var body = JsonSerializer.SerializeToUtf8Bytes(report, Stored);
        Assert.IsType<CommitResult.Committed>(await app.Get<ITableStore>().CommitAsync(
            TableName.Reports, PartitionKey.Of("north"), [new RowChange.Insert(RowKey.Of("R", "20260315", week.Key, "000001"), body)], CancellationToken.None));
        return id;
    }
}
