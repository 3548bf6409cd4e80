using Microsoft.Playwright;

namespace SchoolSignal.Browser.Tests.District;

/// <summary>An administrator's day: what needs doing, feeds, calendars, settings, contacts, staff, and new rules with a second
/// person.</summary>
public sealed class AdministratorTests(DemoSite site)
{
    // The demo's two administrators: one proposes, the other approves.
    private const string First = "Morgan Ellis";
    private const string Second = "Priya Lindqvist";

    [Theory]
    [InlineData("desktop", "en-GB")]
    [InlineData("phone", "ja-JP")]
    public async Task EveryPage_OnADeviceInALanguage_IsClean(string device, string language)
    {
        await using var visit = await site.VisitAsync(Device.Of(device), language);
        await visit.SignInAsync(First, "/district");
        foreach (var page in new[] { "", "feeds", "calendars", "settings", "safeguarding", "staff", "staff/new", "rules", "rules/propose", "audit", "subject-access" })
        {
            await visit.GoAsync($"/district/{page}".TrimEnd('/'));
            await visit.AxeCleanAsync($"district/{(page.Length == 0 ? "overview" : page.Replace('/', '-'))}-{language[..2]}");
        }
        await visit.GoAsync("/district/feeds");
        await visit.Page.Locator("tbody th a").First.ClickAsync();
        await visit.AxeCleanAsync($"district/feed-{language[..2]}");
    }

    [Fact]
    public async Task Safeguarding_NumberForgotten_ComesBackAndIsThenSaved()
    {
        await using var visit = await site.VisitAsync(Device.Phone);
        await visit.SignInAsync(First, "/district/safeguarding");
        var contact = visit.Page.GetByRole(AriaRole.Group, new() { Name = "The district's contact" });
        await contact.GetByLabel("Name, as the staff know it").FillAsync("Ms Green <b>room 4</b> 🌱");
        var before = await contact.GetByLabel("Number to call").InputValueAsync();
        await contact.GetByLabel("Number to call").FillAsync("");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        // The number is missing: what was typed is still there, and the error leads to its field.
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Something is missing here" }).ClickAsync();
        Assert.Equal("Ms Green <b>room 4</b> 🌱", await contact.GetByLabel("Name, as the staff know it").InputValueAsync());
        await visit.AxeCleanAsync("district/safeguarding-error");
        await contact.GetByLabel("Number to call").FillAsync(before.Length > 0 ? before : "555 0100");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Status).WaitForAsync();
        await visit.GoAsync("/district");
        Assert.Equal(0, await visit.Page.GetByText("no safeguarding contact").CountAsync());
    }

    /// <summary>A family asks: the pupil is found by typing, everything is shown and saved, and no address names anybody.</summary>
    [Theory]
    [InlineData("phone")]
    [InlineData("desktop")]
    public async Task SubjectAccess_PupilFoundByTyping_IsShownAndSavedWithoutAnAddressThatTells(string device)
    {
        await using var visit = await site.VisitAsync(Device.Of(device));
        await visit.SignInAsync(First, "/district/subject-access");
        var story = site.District.Stories[0];
        await visit.Page.GetByLabel("School").SelectOptionAsync(story.School.Value);
        await visit.Page.GetByLabel("Name or pupil number").FillAsync(story.FamilyName[..3]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Choose the pupil" }).WaitForAsync();
        await visit.AxeCleanAsync("district/subject-access-found");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = $"{story.GivenName} {story.FamilyName}" }).First.ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Who was shown the record" }).WaitForAsync();
        Assert.EndsWith("/district/subject-access/record", visit.Page.Url, StringComparison.Ordinal);
        await visit.AxeCleanAsync("district/subject-access-record");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save as a file" }).ClickAsync());
        Assert.Equal("subject-access.json", download.SuggestedFilename);
    }

    [Fact]
    public async Task OptOut_TypedByNumber_IsNeverListedAndStandsInNoAddress()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        await visit.SignInAsync(First, "/district/settings");
        var number = site.District.Stories[0].Student.Value;
        await visit.Page.GetByLabel("Pupil number").FillAsync(number);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Opt out", Exact = true }).ClickAsync();
        await visit.Page.GetByText("The pupil is opted out").WaitForAsync();
        Assert.DoesNotContain(number, visit.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(number, await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.Page.GetByLabel("Pupil number").FillAsync(number);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw the opt-out" }).ClickAsync();
        await visit.Page.GetByText("The opt-out is withdrawn").WaitForAsync();
    }

    [Fact]
    public async Task Rules_ProposedByOne_GoLiveWithASecondPerson()
    {
        await using var visit = await site.VisitAsync(Device.Desktop, script: false);
        await visit.SignInAsync(First, "/district/rules");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Propose a change" }).ClickAsync();
        await visit.Page.GetByLabel("Name of the new version").FillAsync("spring-2026");
        await visit.Page.GetByLabel("Why", new() { Exact = true }).FillAsync("Fewer long lists in spring.");
        await visit.Page.Locator("[id='levels.high.points']").FillAsync("a lot");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "See what it would mean" }).ClickAsync();
        Assert.Equal("a lot", await visit.Page.Locator("[id='levels.high.points']").InputValueAsync());
        // The same rules in effect, since sums of points are quarters: the other tests' pupils stay where they are.
        await visit.Page.Locator("[id='levels.high.points']").FillAsync("7.9");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "See what it would mean" }).ClickAsync();
        await visit.Page.GetByText("You proposed this. A second person approves it.").WaitForAsync();
        Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).CountAsync());
        var proposal = new Uri(visit.Page.Url).PathAndQuery;

        await using var other = await site.VisitAsync(Device.Phone);
        await other.SignInAsync(Second, proposal);
        await other.AxeCleanAsync("district/proposal");
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Approve: these rules go live" }).ClickAsync();
        await other.Page.GetByText("Approved. The next screening").WaitForAsync();
        await other.GoAsync("/district/rules");
        Assert.Equal(1, await other.Page.GetByText("In force: spring-2026").CountAsync());
    }

    [Fact]
    public async Task Staff_EditedByTwo_OneWinsAndTheOtherLosesNothingTyped()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        await visit.SignInAsync(First, "/district/staff/new");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Yuki Tanaka 田中");
        await visit.Page.GetByLabel("Safeguarding lead").CheckAsync();
        await visit.Page.GetByLabel("Schools").FillAsync(site.District.Schools[0].Id.Value);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Yuki Tanaka 田中" }).ClickAsync();

        await using var other = await site.VisitAsync(Device.Desktop);
        await other.SignInAsync(Second, new Uri(visit.Page.Url).PathAndQuery);
        await other.Page.GetByLabel("Account").FillAsync("yuki@school.example");
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await other.Page.GetByText("Saved.").WaitForAsync();

        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Yuki Tanaka-Sato");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        Assert.Equal("Yuki Tanaka-Sato", await visit.Page.GetByLabel("Name", new() { Exact = true }).InputValueAsync());
        await visit.AxeCleanAsync("district/staff-changed");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visit.Page.GetByText("Saved.").WaitForAsync();
    }

    [Fact]
    public async Task Calendar_FileChosen_IsTakenInAndShown()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        await visit.SignInAsync(First, "/district/calendars");
        var school = site.District.Schools[^1].Id.Value;
        await visit.Page.GetByLabel("Calendar file").SetInputFilesAsync(new FilePayload
        {
            Name = "calendar.csv",
            MimeType = "text/csv",
            Buffer = System.Text.Encoding.UTF8.GetBytes($"date,schoolId,instructional,reason\n2026-07-01,{school},false,Founders' day\n"),
        });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Import" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "All feeds" }).WaitForAsync();
        for (var attempt = 0; attempt < 50 && await visit.Page.GetByText("Complete").CountAsync() == 0; attempt++)
        {
            await Task.Delay(100);
            await visit.Page.ReloadAsync();
        }
        await visit.GoAsync($"/district/calendars?school={Uri.EscapeDataString(school)}&month=2026-07");
        Assert.Equal(1, await visit.Page.GetByText("Founders' day").CountAsync());
    }
}
