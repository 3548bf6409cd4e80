using System.Net;
using System.Text.Json;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Functions.Tests.SignIn;

namespace SchoolSignal.Functions.Tests.Reports;

/// <summary>The API that Power BI reads, over Kestrel with tokens of a tenant.</summary>
public sealed class ReportFeedTests : IAsyncLifetime
{
    private static readonly ReportPeriod Week = ReportPeriod.WeekOf(new DateOnly(2026, 3, 9));

    private TenantApp app = null!;
    private string token = "";

    public async ValueTask InitializeAsync()
    {
        app = await TenantApp.StartAsync();
        token = app.Tenant.AppToken([Roles.NameOf(Role.ReportsRead)]);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Numbers_BeforeAndAfterTheRelease_AreOnlyReleasedOnes()
    {
        var id = await DraftAsync();
        Assert.Empty((await NumbersAsync("/api/reports/numbers")).Numbers);
        await app.Get<ReportDesk>().PreviewAsync(id, Authority.System("test"), CancellationToken.None);
        Assert.Empty((await NumbersAsync("/api/reports/numbers")).Numbers);
        await app.Get<ReportDesk>().ReleaseAsync(id, Authority.System("test"), CancellationToken.None);
        var all = (await NumbersAsync("/api/reports/numbers")).Numbers;
        Assert.Contains(all, n => n.GetProperty("measure").GetString() == "pupilsScreened" && n.GetProperty("school").ValueKind == JsonValueKind.Null && n.GetProperty("value").GetDecimal() == 600);
        // The schema keeps its names.
        Assert.All(all, n => Assert.Equal(
            ["period", "from", "to", "revision", "measure", "category", "school", "grades", "value", "state", "margin"], n.EnumerateObject().Select(p => p.Name)));

        var paged = new List<string>();
        var next = "/api/reports/numbers?pageSize=9&from=2026-01-01";
        while (next is not null)
        {
            var page = await NumbersAsync(next);
            paged.AddRange(page.Numbers.Select(n => n.GetRawText()));
            next = page.Next;
        }
        Assert.Equal(all.Select(n => n.GetRawText()), paged);
    }

    [Theory]
    [InlineData("/api/reports/numbers?pageSize=0")]
    [InlineData("/api/reports/numbers?pageSize=5001")]
    [InlineData("/api/reports/numbers?pageSize=many")]
    [InlineData("/api/reports/numbers?cursor=week")]
    [InlineData("/api/reports/numbers?from=yesterday")]
    [InlineData("/api/reports?to=2026-13-01")]
    public async Task Parameters_ThatCannotBeRead_AreRefusedInWords(string address)
    {
        using var answer = await app.AskAsync(token, HttpMethod.Get, address);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task System_ThatReadsReports_CanNeitherSeeNorReleaseADraft()
    {
        var id = await DraftAsync();
        await app.Get<ReportDesk>().PreviewAsync(id, Authority.System("test"), CancellationToken.None);
        using var page = await app.AskAsync(token, HttpMethod.Get, $"/district/reports/{id}");
        Assert.NotEqual(HttpStatusCode.OK, page.StatusCode);
        using var file = await app.AskAsync(token, HttpMethod.Get, $"/district/reports/{id}/{ReportArchive.CsvFile}");
        Assert.NotEqual(HttpStatusCode.OK, file.StatusCode);
        using var release = await app.AskAsync(token, HttpMethod.Post, $"/district/reports/{id}");
        Assert.NotEqual(HttpStatusCode.OK, release.StatusCode);
        Assert.Equal(ReportState.Previewed, (await app.Get<ReportStore>().FindAsync(id, CancellationToken.None))!.Report.State);
    }

    private async Task<Domain.Reports.ReportId> DraftAsync()
    {
        SchoolCounts School(string id) => new(
            SchoolId.Parse(id), CountState.Counted, Week.First.AddDays(4), [220, 40, 25, 15], [15, 14, 12, 11],
            new SessionCounts(new SessionCell(2_900, 300, [10, 10, 10]), new SessionCell(190, 60, [10, 9, 8]), 0), [], ReferralCounts.None);
        var key = Domain.Ports.RowKey.Of("C", Week.Key, "000001");
        var committed = (CommitResult.Committed)await app.Get<ITableStore>().CommitAsync(
            TableName.Reports, PartitionKey.Of("north"), [new RowChange.Insert(key, new byte[] { 1 })], CancellationToken.None);
        return (await app.Get<ReportDrafts>().MakeAsync(
            new FinishedCount(new PeriodCounts(Week, [School("a"), School("b")]), new RowChange.Replace(key, committed.ETags[0], new byte[] { 2 }), 1), CancellationToken.None))!.Value;
    }

    private async Task<(IReadOnlyList<JsonElement> Numbers, string? Next)> NumbersAsync(string address)
    {
        using var answer = await app.AskAsync(token, HttpMethod.Get, address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(1, page.GetProperty("schemaVersion").GetInt32());
        return ([.. page.GetProperty("numbers").EnumerateArray().Select(n => n.Clone())], page.GetProperty("next").GetString());
    }
}
