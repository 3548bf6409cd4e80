using Microsoft.Playwright;

namespace SchoolSignal.Browser.Tests.Start;

public sealed class StartPageTests(DemoSite site)
{
    [Theory]
    [MemberData(nameof(Device.Names), MemberType = typeof(Device))]
    public async Task StartPage_OnAnyDevice_IsClean(string device)
    {
        await using var visit = await site.VisitAsync(Device.Of(device));
        await visit.GoAsync("/");
        await visit.AxeCleanAsync("start/start");
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await visit.AxeCleanAsync("start/start-dark");
    }

    [Fact]
    public async Task Keyboard_FirstTab_SkipsToTheContent()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        await visit.GoAsync("/");
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await visit.Page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [Fact]
    public async Task Language_BrowserAsksForJapanese_IsSpokenAndDeclared()
    {
        await using var visit = await site.VisitAsync(Device.Phone, "ja-JP");
        await visit.GoAsync("/");
        Assert.Equal("ja", await visit.Page.Locator("html").GetAttributeAsync("lang"));
        await visit.AxeCleanAsync("start/start-ja");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LanguageSwitch_Chosen_IsKeptAndComesBackToThePage(bool script)
    {
        await using var visit = await site.VisitAsync(Device.Desktop, script: script);
        await visit.GoAsync("/?view=here");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "日本語" }).ClickAsync();
        Assert.EndsWith("/?view=here", visit.Page.Url, StringComparison.Ordinal);
        Assert.Equal("ja", await visit.Page.Locator("html").GetAttributeAsync("lang"));
        await visit.GoAsync("/");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "English" }).ClickAsync();
        Assert.Equal("en", await visit.Page.Locator("html").GetAttributeAsync("lang"));
    }
}
