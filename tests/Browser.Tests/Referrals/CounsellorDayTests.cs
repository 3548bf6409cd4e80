using Microsoft.Playwright;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Browser.Tests.Referrals;

/// <summary>A counsellor's day: the list, a case, what is done about it, and the list again.</summary>
public sealed class CounsellorDayTests(DemoSite site)
{
    [Theory]
    [InlineData("phone", true)]
    [InlineData("desktop", true)]
    [InlineData("desktop", false)]
    public async Task Day_FromListToClosing_IsDoneWithAndWithoutScript(string device, bool script)
    {
        var school = await CounsellorAsync($"counsel-{device}-{script}".ToLowerInvariant());
        await using var visit = await site.VisitAsync(Device.Of(device), script: script);
        var page = visit.Page;
        await SignInAsync(visit, school.Staff);

        await visit.GoAsync("/worklist");
        await CleanAsync(visit, script, "cases/worklist");
        var name = await page.Locator("table.worklist th[scope=row] a").First.InnerTextAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = name }).WaitForAsync();
        await CleanAsync(visit, script, "cases/case-new");

        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge: I take this on" }).ClickAsync();
        await page.GetByText("You have taken this on.").WaitForAsync();

        await page.GetByText("Log a contact", new() { Exact = true }).ClickAsync();
        await page.Locator("#contact-with").SelectOptionAsync("FamilyByPhone");
        await page.Locator("#contact-outcome").SelectOptionAsync("Talked");
        await page.Locator("#contact-text").FillAsync("<b>Her father</b> says the mornings are hard. 朝がつらい שלום");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the contact" }).ClickAsync();
        await page.GetByText("The contact is saved.").WaitForAsync();
        await page.GetByText("<b>Her father</b> says").WaitForAsync();

        await page.GetByText("Plan the next step", new() { Exact = true }).ClickAsync();
        await page.Locator("#plan-what").SelectOptionAsync("MeetFamily");
        await page.Locator("#plan-due").FillAsync(site.District.LastSchoolDay.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the plan" }).ClickAsync();
        await page.GetByText("The next step is planned.").WaitForAsync();
        // What is folded away must be clean too.
        await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(folded => folded.open = true)");
        await CleanAsync(visit, script, "cases/case-worked");

        await visit.GoAsync("/worklist?whose=mine");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Due now" }).WaitForAsync();
        await page.GetByText("Meet the family").First.WaitForAsync();
        await CleanAsync(visit, script, "cases/worklist-due");

        await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
        await page.GetByText("Close with what it turned out to be").ClickAsync();
        await page.Locator("#close-verdict").SelectOptionAsync("Supported");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the referral" }).ClickAsync();
        await page.GetByText("The referral is closed.").WaitForAsync();
        await CleanAsync(visit, script, "cases/case-closed");
    }

    [Fact]
    public async Task Keyboard_Alone_AcknowledgesFromTheList()
    {
        var school = await CounsellorAsync("counsel-keyboard");
        await using var visit = await site.VisitAsync(Device.Desktop);
        await SignInAsync(visit, school.Staff);
        await visit.GoAsync("/worklist");
        await TabToAsync(visit.Page, "input[name=pick]");
        await visit.Page.Keyboard.PressAsync("Space");
        await TabToAsync(visit.Page, ".bulk button");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.GetByText("1 acknowledged. They are yours now.").WaitForAsync();
    }

    [Fact]
    public async Task Case_InJapaneseAndInTheDark_IsClean()
    {
        var school = await CounsellorAsync("counsel-japanese");
        await using var visit = await site.VisitAsync(Device.Phone, "ja-JP");
        await SignInAsync(visit, school.Staff);
        await visit.GoAsync("/worklist");
        await visit.AxeCleanAsync("cases/worklist-ja");
        await visit.Page.Locator("table.worklist th[scope=row] a").Last.ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "理由", Exact = true }).WaitForAsync();
        await visit.AxeCleanAsync("cases/case-ja");
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await visit.AxeCleanAsync("cases/case-dark");
    }

    private static Task CleanAsync(Visit visit, bool script, string name) =>
        script ? visit.AxeCleanAsync(name) : visit.ScreenshotAsync($"{name}-no-script");

    /// <summary>A counsellor of the schools that have new referrals.</summary>
    private async Task<(StaffId Staff, IReadOnlySet<SchoolId> Schools)> CounsellorAsync(string id)
    {
        var staff = site.Get<StaffStore>();
        var schools = new HashSet<SchoolId>();
        foreach (var year in await site.Get<SchoolRegistry>().YearsAsync(CancellationToken.None))
            schools.UnionWith(await site.Get<SchoolRegistry>().InYearAsync(new SchoolYear(year), CancellationToken.None));
        Assert.NotEmpty((await site.Get<Worklist>().ReadAsync(schools, CancellationToken.None)).Listed);
        var member = new StaffMember(StaffId.Parse(id), id, id, new HashSet<Role> { Role.Counsellor }, schools);
        await staff.SaveAsync(member, null, CancellationToken.None);
        return (member.Id, schools);
    }

    private static async Task SignInAsync(Visit visit, StaffId staff)
    {
        await visit.GoAsync("/local/signin?q=" + staff.Value);
        await visit.Page.Locator($"button[name=staff][value='{staff.Value}']").ClickAsync();
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var presses = 0; presses < 200; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector)) return;
        }
        Assert.Fail($"{selector} cannot be reached by the keyboard.");
    }
}
