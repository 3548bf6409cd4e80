using System.Globalization;
using Microsoft.Playwright;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;

namespace SchoolSignal.Browser.Tests.Reports;

/// <summary>The administrator's report day: what waits, the preview, the release, reading it, the files, and on paper.</summary>
public sealed class AdministratorReportTests(DemoSite site)
{
    private const string Administrator = "Morgan Ellis";

    private static readonly ReportPeriod Earlier = ReportPeriod.WeekOf(new DateOnly(2025, 11, 10));
    private static readonly ReportPeriod Later = ReportPeriod.WeekOf(new DateOnly(2025, 11, 17));

    [Theory]
    [InlineData("desktop", "en-GB")]
    [InlineData("phone", "en-GB")]
    [InlineData("phone", "ja-JP")]
    public async Task ReportPages_OnADeviceInALanguage_AreClean(string device, string language)
    {
        await using var visit = await site.VisitAsync(Device.Of(device), language);
        await visit.SignInAsync(Administrator, "/district/reports");
        await visit.AxeCleanAsync($"reports/list-{language[..2]}");
        await visit.GoAsync("/district/reports-settings");
        await visit.AxeCleanAsync($"reports/settings-{language[..2]}");
        Assert.Equal("/district/reports", await CurrentTab(visit).GetAttributeAsync("href"));
        foreach (var kind in new[] { "week", "term" })
        {
            await visit.GoAsync("/district/reports");
            await visit.Page.Locator($"main table a[href*='/reports/{kind}-']").First.ClickAsync();
            await visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
            await visit.AxeCleanAsync($"reports/{kind}-{language[..2]}");
            Assert.Equal("/district/reports", await CurrentTab(visit).GetAttributeAsync("href"));
            // A picture says in words what it shows.
            var chart = visit.Page.Locator("svg[role=img]").First;
            Assert.NotEqual("", await chart.Locator("title").TextContentAsync());
            Assert.NotEqual("", await chart.Locator("desc").TextContentAsync());
        }
    }

    [Fact]
    public async Task NewestWeek_PreviewedAndReleasedWithoutScript_IsThenRead()
    {
        await using var visit = await site.VisitAsync(Device.Desktop, script: false);
        await visit.SignInAsync(Administrator, "/district");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Reports" }).ClickAsync();
        await visit.Page.Locator(".tasks a").Last.ClickAsync();
        Assert.Equal(0, await visit.Page.Locator("svg[role=img]").CountAsync());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Status).WaitForAsync();
        Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Link, new() { Name = "All numbers as CSV" }).CountAsync());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await visit.Page.GetByText("The report is released.").WaitForAsync();
        var address = new Uri(visit.Page.Url).AbsolutePath;

        var csv = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.GetByRole(AriaRole.Link, new() { Name = "All numbers as CSV" }).ClickAsync());
        Assert.EndsWith("numbers.csv", csv.SuggestedFilename, StringComparison.Ordinal);
        await visit.Page.GotoAsync("/district/reports");
        Assert.Equal(1, await visit.Page.Locator($"main table a[href='{address}']").CountAsync());
    }

    [Fact]
    public async Task Draft_WithdrawnWithoutAReason_ComesBack()
    {
        await using var visit = await site.VisitAsync(Device.Phone);
        await visit.SignInAsync(Administrator, "/district/reports");
        await visit.Page.Locator("main table a[href*='/reports/week-']").Last.ClickAsync();
        await visit.Page.GetByText("Withdraw it instead").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await visit.Page.GetByText("Something is missing here").First.WaitForAsync();
        await visit.AxeCleanAsync("reports/withdraw-error");
    }

    [Fact]
    public async Task ChanceAdded_ChosenInTheForm_FiguresSayHowFarTheyMayBeOffAndASpentBudgetIsExplained()
    {
        try
        {
            await using var visit = await site.VisitAsync(Device.Desktop);
            await visit.SignInAsync(Administrator, "/district/reports");
            await visit.Page.GetByRole(AriaRole.Link, new() { Name = "How reports are protected" }).ClickAsync();
            // Below the least threshold: the form comes back with what was typed.
            await DecideAsync(visit, "Hide", "4", 1_000);
            await visit.Page.GetByText("A whole number, 5–30").First.WaitForAsync();
            Assert.Equal("4", await visit.Page.Locator("#threshold").InputValueAsync());
            await visit.AxeCleanAsync("reports/settings-error");
            await DecideAsync(visit, "Noise", "10", 1_000);
            await visit.Page.GetByRole(AriaRole.Status).WaitForAsync();
            Assert.True(await visit.Page.Locator("input[name=mode][value=Noise]").IsCheckedAsync());

            await CountAsync(visit, Earlier);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
            await visit.Page.GetByText("The report is released.").WaitForAsync();

            // The budget of the year was for one report.
            await CountAsync(visit, Later);
            await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "budget for chance is spent" }).WaitForAsync();
            Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Release" }).CountAsync());
            await visit.AxeCleanAsync("reports/budget-spent");
            var address = visit.Page.Url;
            await visit.Page.Locator("#decide").Locator("xpath=ancestor::section").GetByRole(AriaRole.Link, new() { Name = "How reports are protected" }).ClickAsync();
            await DecideAsync(visit, "Noise", "10", 60_000);
            await visit.Page.GotoAsync(address);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
            await visit.Page.GetByText("The report is released.").WaitForAsync();

            foreach (var table in new[] { "Pupils by level", "New signs", "Attendance, % of sessions", "Pupils to look into, % of those screened" })
            {
                var row = visit.Page.GetByRole(AriaRole.Table, new() { Name = table }).Locator("tbody tr").First;
                Assert.Equal(await row.Locator("td.number").CountAsync(), await row.Locator("td.number .margin").CountAsync());
            }
            Assert.Matches("may be off by [0-9]", await visit.Page.Locator(".key-figures .margin").First.TextContentAsync() ?? "");
            Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Link, new() { Name = "The proof that hidden" }).CountAsync());
            await visit.AxeCleanAsync("reports/noise");
            await using var phone = await site.VisitAsync(Device.Phone, "ja-JP");
            await phone.SignInAsync(Administrator, new Uri(address).AbsolutePath);
            await phone.AxeCleanAsync("reports/noise-ja");
        }
        finally
        {
            var settings = site.Get<ReportSettingsStore>();
            await settings.SaveAsync(ReportSettings.Default, (await settings.ReadAsync(CancellationToken.None)).Version, CancellationToken.None);
        }

        static async Task DecideAsync(Visit visit, string mode, string threshold, int yearly)
        {
            await visit.Page.Locator($"input[name=mode][value={mode}]").CheckAsync();
            await visit.Page.Locator("#threshold").FillAsync(threshold);
            await visit.Page.Locator("#yearly").FillAsync(yearly.ToString(CultureInfo.InvariantCulture));
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        }
    }

    /// <summary>Has a week counted that nobody has asked for, and opens what is made of it.</summary>
    private async Task CountAsync(Visit visit, ReportPeriod week)
    {
        Assert.True(await site.Get<PeriodCounting>().AskAsync(week, CancellationToken.None));
        var reports = site.Get<ReportStore>();
        for (var waited = 0; (await reports.OfPeriodAsync(week, CancellationToken.None)).Count == 0; waited++)
        {
            Assert.True(waited < 300, "The week is not counted.");
            await Task.Delay(100);
        }
        await visit.GoAsync($"/district/reports/{new ReportId(week, 1)}");
    }

    private static ILocator CurrentTab(Visit visit) => visit.Page.Locator("nav.tabs a[aria-current=page]");

    [Fact]
    public async Task ReleasedWeek_OnPaper_ShowsChartsAndTables()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        await visit.SignInAsync(Administrator, "/district/reports");
        await visit.Page.Locator("main table a[href*='/reports/week-']").Last.ClickAsync();
        await visit.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await visit.ScreenshotAsync("reports/print");
        Assert.False(await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).First.IsVisibleAsync());
        Assert.True(await visit.Page.Locator("svg[role=img]").First.IsVisibleAsync());
        Assert.True(await visit.Page.Locator("main table").First.IsVisibleAsync());
    }

    [Fact]
    public async Task ReportPages_OfTheDemo_NameNoPupil()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        await visit.SignInAsync(Administrator, "/district/reports");
        await visit.Page.Locator("main table a[href*='/reports/week-']").First.ClickAsync();
        var page = await visit.Page.ContentAsync();
        foreach (var story in site.District.Stories)
        {
            Assert.DoesNotContain(story.Student.Value, page, StringComparison.Ordinal);
            Assert.DoesNotContain($"{story.GivenName} {story.FamilyName}", page, StringComparison.Ordinal);
        }
    }
}
