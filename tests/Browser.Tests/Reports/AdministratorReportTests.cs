using Microsoft.Playwright;

namespace SchoolSignal.Browser.Tests.Reports;

/// <summary>The administrator's report day: what waits, the preview, the release, reading it, the files, and on paper.</summary>
public sealed class AdministratorReportTests(DemoSite site)
{
    private const string Administrator = "Morgan Ellis";

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
        foreach (var kind in new[] { "week", "term" })
        {
            await visit.GoAsync("/district/reports");
            await visit.Page.Locator($"main table a[href*='/reports/{kind}-']").First.ClickAsync();
            await visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
            await visit.AxeCleanAsync($"reports/{kind}-{language[..2]}");
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
        await visit.Page.Locator(".tasks a").First.ClickAsync();
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
