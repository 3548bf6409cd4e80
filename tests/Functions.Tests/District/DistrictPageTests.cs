using System.Globalization;
using System.Net;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Functions.Tests.Referrals;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>The administrator's pages over Kestrel: what is posted is kept, what is wrong comes back.</summary>
public sealed class DistrictPageTests : IAsyncLifetime
{
    private static readonly Caller Ada = new(StaffId.Parse("ada"), new HashSet<Role> { Role.Administrator }, new HashSet<SchoolId>()) { Name = "Ada Admin" };

    private CaseSite site = null!;

    public async ValueTask InitializeAsync()
    {
        site = await CaseSite.StartAsync();
        site.As(Ada);
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Notifications_Saved_AreKeptWithTheirEntry()
    {
        var saved = await SaveSettingsAsync(
            HttpStatusCode.SeeOther, ("part", "notifications"), ("quiet-from", "17:30"), ("quiet-to", "08:00"), ("digest-day", "Friday"), ("teams", "true"));
        var expected = NotificationSettings.Default with { QuietFrom = new TimeOnly(17, 30), QuietTo = new TimeOnly(8, 0), DigestDay = DayOfWeek.Friday, UsesTeams = true };
        Assert.Equal(expected, (await site.Get<NotificationSettingsStore>().ReadAsync(default)).Settings);
        Assert.Contains("value=\"17:30\"", saved, StringComparison.Ordinal);
        Assert.Contains("<option value=\"Friday\" selected", saved, StringComparison.Ordinal);

        // The same once more changes nothing and leaves no entry.
        await SaveSettingsAsync(HttpStatusCode.SeeOther, ("part", "notifications"), ("quiet-from", "17:30"), ("quiet-to", "08:00"), ("digest-day", "Friday"), ("teams", "true"));
        await SaveSettingsAsync(HttpStatusCode.SeeOther, ("part", "notifications"), ("quiet-from", "17:30"), ("quiet-to", "08:00"), ("digest-day", ""));
        Assert.Null((await site.Get<NotificationSettingsStore>().ReadAsync(default)).Settings.DigestDay);
        await Local.Harness.UntilAsync(async () => (await EntriesAsync()).Count == 2);
    }

    [Theory]
    [InlineData("quiet-from", "25:00")]
    [InlineData("quiet-to", "")]
    public async Task Notifications_TimeMissingOrNone_ComesBack(string field, string typed)
    {
        var page = await SaveSettingsAsync(
            HttpStatusCode.BadRequest, [("part", "notifications"), ("quiet-from", "17:00"), ("quiet-to", "07:00"), (field, typed)]);
        Assert.Contains($"href=\"#{field}\"", page, StringComparison.Ordinal);
        Assert.Equal(NotificationSettings.Default, (await site.Get<NotificationSettingsStore>().ReadAsync(default)).Settings);
    }

    [Theory]
    [InlineData("oakfield: 2\nriverside: 15", HttpStatusCode.SeeOther)]
    [InlineData("oakfield: 16", HttpStatusCode.BadRequest)]
    [InlineData("oakfield", HttpStatusCode.BadRequest)]
    [InlineData("oakfield: -1", HttpStatusCode.BadRequest)]
    public async Task Counsellors_OfSchools_AreKeptOrComeBack(string typed, HttpStatusCode status)
    {
        var page = await SaveSettingsAsync(
            status, ("part", "capacity"), ("weekly-cap", "5"), ("counsellors", typed), ("escalate-after", "3"), ("stale-after", "3"));
        Assert.Contains(typed, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        var capacity = (await site.Get<DistrictSettingsStore>().ReadAsync(default)).Settings.Capacity;
        Assert.Equal(status == HttpStatusCode.SeeOther ? 10 : null, capacity.WeeklyCapOf(CaseSite.Oakfield));
    }

    [Theory]
    [InlineData(FailurePart.PageSize, 1)]
    [InlineData(FailurePart.PageSize + 1, 2)]
    public async Task Failures_MoreThanAPage_AreTurnedBy(int count, int pages)
    {
        await FailAsync(count);
        var first = await site.PageAsync("/district/feeds");
        var last = await site.PageAsync($"/district/feeds?failures={pages}");
        Assert.Equal(FailurePart.PageSize, CountOf(first));
        Assert.Equal(count - ((pages - 1) * FailurePart.PageSize), CountOf(last));
        Assert.Equal(pages > 1, first.Contains($"Page 1 of {pages}", StringComparison.Ordinal));
        // Beyond the last, the last.
        Assert.Equal(CountOf(last), CountOf(await site.PageAsync("/district/feeds?failures=99")));

        static int CountOf(string page) => page.Split("value=\"replay\"").Length - 1;
    }

    [Fact]
    public async Task GiveUp_WithoutReasonOrOfNothing_SaysSo()
    {
        await FailAsync(1);
        var reference = (await site.Get<FailureStore>().ListAsync(default))[0].Reference;
        var token = CaseSite.TokenOf(await site.PageAsync("/district/feeds"));
        using var without = await site.PostAsync("/district/feeds", token, [("do", "give-up"), ("failure", reference), ($"reason-{reference}", " ")]);
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.Contains($"href=\"#reason-{reference}\"", await without.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var none = await site.PostAsync("/district/feeds", token, [("do", "give-up"), ("failure", "none"), ("reason-none", "why")]);
        Assert.Contains("no longer there", await site.PageAsync(none.Headers.Location!.OriginalString), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feed_PartGivenUp_SaysWhoWhenAndWhy()
    {
        using var content = new MemoryStream("date,schoolId,instructional,reason\n2026-03-20,oakfield,true,\n"u8.ToArray());
        var taken = (IntakeResult.Accepted)await site.Get<FeedIntake>().ReceiveAsync(content, new FeedRequest(FeedContent.Calendar), long.MaxValue, null, default);
        var given = new BatchResult("oakfield", 2026) { Abandoned = new Abandonment("The old system is gone <b>now</b>.", "ann", site.Clock.GetUtcNow()) };
        await site.Get<FeedStore>().RecordAsync(taken.Status.Id, given, default);
        var page = WebUtility.HtmlDecode(await site.PageAsync($"/district/feeds/{taken.Status.Id}"));
        foreach (var words in new[] { "Ann Counsel", "2026-03-20T09:00", "The old system is gone <b>now</b>." }) Assert.Contains(words, page, StringComparison.Ordinal);
        // Once: among those given up, and not again among the notes.
        Assert.Equal(2, page.Split("The old system is gone").Length);
    }

    [Fact]
    public async Task Feed_Refused_SaysWhyInTheReadersLanguage()
    {
        using var content = new MemoryStream("date,schoolId,instructional,reason\n2026-03-20,oakfield,true,\n"u8.ToArray());
        var taken = (IntakeResult.Accepted)await site.Get<FeedIntake>().ReceiveAsync(content, new FeedRequest(FeedContent.Attendance), long.MaxValue, null, default);
        await Local.Harness.UntilAsync(async () => (await site.Get<FeedStore>().ReportAsync(taken.Status.Id, default))!.Status.State == FeedState.Refused);
        Assert.Contains("This is a calendar, not attendance.", await site.PageAsync($"/district/feeds/{taken.Status.Id}"), StringComparison.Ordinal);
        site.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ja");
        var page = WebUtility.HtmlDecode(await site.PageAsync($"/district/feeds/{taken.Status.Id}"));
        Assert.Contains("これは授業日のファイルで、出欠ではありません。", page, StringComparison.Ordinal);
        Assert.DoesNotContain("lang=\"en\">This", page, StringComparison.Ordinal);
        var rules = WebUtility.HtmlDecode(await site.PageAsync("/district/rules"));
        Assert.Contains("直近45授業日の欠席の割合", rules, StringComparison.Ordinal);
    }

    private async Task FailAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await site.Get<FailureStore>().AddAsync(
                new Failure(
                    Domain.Ports.QueueName.AttendanceBatches.Value, string.Create(CultureInfo.InvariantCulture, $"work {i}"), FeedSplitter.BatchKind, "System.IO.IOException",
                    10, site.Clock.GetUtcNow(), "{}"), default);
    }

    private async Task<string> SaveSettingsAsync(HttpStatusCode status, params (string Name, string Value)[] fields)
    {
        var token = CaseSite.TokenOf(await site.PageAsync("/district/settings"));
        // A field given again replaces the one before, as in a form.
        using var answer = await site.PostAsync("/district/settings", token, fields.GroupBy(f => f.Name).Select(f => f.Last()));
        Assert.Equal(status, answer.StatusCode);
        return status == HttpStatusCode.SeeOther ? await site.PageAsync(answer.Headers.Location!.OriginalString) : await answer.Content.ReadAsStringAsync();
    }

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync() => (await site.Get<AuditSearch>().FindAsync(
        Authority.CommandLine, new AuditQuery(CaseSite.Today, CaseSite.Today) { Action = AuditAction.ChangeSettings }, default)).Entries;
}
