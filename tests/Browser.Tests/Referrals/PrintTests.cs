using Microsoft.Playwright;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Browser.Tests.Referrals;

/// <summary>The list and a case on paper: what is there to be clicked is not printed, what is there to be read fits the sheet.</summary>
public sealed class PrintTests(DemoSite site)
{
    /// <summary>Between the margins of an A4 sheet held upright, in CSS pixels.</summary>
    private const int SheetWidth = 718;

    [Fact]
    public async Task WorklistAndCase_Printed_HideWhatIsForTheScreenAndFitTheSheet()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        var page = visit.Page;
        await visit.SignInAsync(await CounsellorAsync(), "/worklist");
        var shown = await page.Locator("table.worklist th[scope=row] a").First.InnerTextAsync();
        await PrintAsync(page);
        await AssertHiddenAsync(page, "nav.places", ".filters", ".bulk", ".languages", "button", ".pick");
        Assert.True(await page.GetByText(shown).First.IsVisibleAsync());
        await AssertFitsAsync(page, "table.worklist");
        await visit.ScreenshotAsync("cases/worklist-print");

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Screen });
        await page.Locator("table.worklist th[scope=row] a").First.ClickAsync();
        await page.Locator("table.months").First.WaitForAsync();
        await PrintAsync(page);
        await AssertHiddenAsync(page, "nav.places", ".do", ".jump", ".languages", "button");
        await AssertFitsAsync(page, ".calendar");
        // Every day's letter is there, large enough to read, and an absence stands out without colour.
        var cells = page.Locator("table.months td[class^=mark-] span");
        Assert.True(await cells.CountAsync() > 60);
        Assert.All(await cells.AllInnerTextsAsync(), letter => Assert.NotEmpty(letter.Trim()));
        Assert.True(await page.EvaluateAsync<double>("parseFloat(getComputedStyle(document.querySelector('table.months td')).fontSize)") >= 9.5);
        if (await page.Locator("table.months td[class^=mark-absent]").CountAsync() > 0)
            Assert.Equal("700", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('table.months td[class^=mark-absent] span')).fontWeight"));
        Assert.Equal("rgb(0, 0, 0)", await page.EvaluateAsync<string>("getComputedStyle(document.body).color"));
        await visit.ScreenshotAsync("cases/case-print");
        Assert.NotEmpty(await page.PdfAsync(new PagePdfOptions { Format = "A4", Margin = new() { Top = "1cm", Bottom = "1cm", Left = "1cm", Right = "1cm" } }));
    }

    private static async Task PrintAsync(IPage page)
    {
        await page.SetViewportSizeAsync(SheetWidth, 1000);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
    }

    private static async Task AssertHiddenAsync(IPage page, params string[] selectors)
    {
        foreach (var selector in selectors)
            Assert.True(await page.Locator($"{selector}:visible").CountAsync() == 0, $"{selector} is printed.");
    }

    private static async Task AssertFitsAsync(IPage page, string selector) =>
        Assert.InRange(await page.EvaluateAsync<double>("selector => document.querySelector(selector).getBoundingClientRect().right", selector), 1, SheetWidth + 1);

    private async Task<string> CounsellorAsync()
    {
        var schools = new HashSet<SchoolId>();
        foreach (var year in await site.Get<SchoolRegistry>().YearsAsync(CancellationToken.None))
            schools.UnionWith(await site.Get<SchoolRegistry>().InYearAsync(new SchoolYear(year), CancellationToken.None));
        var member = new StaffMember(StaffId.Parse("counsel-print"), "counsel-print", "Print Counsel", new HashSet<Role> { Role.Counsellor }, schools);
        await site.Get<StaffStore>().SaveAsync(member, null, CancellationToken.None);
        return member.DisplayName;
    }
}
