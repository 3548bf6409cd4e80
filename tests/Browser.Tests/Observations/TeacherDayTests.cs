using Microsoft.Playwright;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Browser.Tests.Observations;

/// <summary>A teacher's whole day with the observation form. Every visit is a teacher of its own, with a class of its own.</summary>
public sealed class TeacherDayTests(DemoSite site)
{
    private const string Note = "Sits apart since the holidays. <b>静か</b> 👩‍👧";

    [Theory]
    [MemberData(nameof(Device.Names), MemberType = typeof(Device))]
    public async Task Day_WithScript_FindsByTypingKeepsTheDraftSendsCorrectsAndTakesBack(string device)
    {
        await using var visit = await site.VisitAsync(Device.Of(device));
        var name = await SignInAsync(visit, $"day-{device}");
        var page = visit.Page;
        await visit.AxeCleanAsync("observations/own-empty");
        await page.GetByRole(AriaRole.Link, new() { Name = "New observation" }).ClickAsync();
        await visit.AxeCleanAsync("observations/choose");
        await page.GetByLabel("Type a name").PressSequentiallyAsync(name.Split(' ')[0][..3]);
        await page.Locator("#found button").First.WaitForAsync();
        await visit.AxeCleanAsync("observations/found");
        await page.Locator("#found button", new() { HasText = name }).ClickAsync();
        await visit.AxeCleanAsync("observations/question");
        await page.GetByRole(AriaRole.Button, new() { Name = "No, go on to the form" }).ClickAsync();
        await visit.AxeCleanAsync("observations/form");

        await AnswerAsync(page, 1, "Often");
        await page.GetByLabel("A note for the counsellor").FillAsync(Note);
        await page.ReloadAsync();
        Assert.True(await page.Locator("[name=item-1][value='3']").IsCheckedAsync());
        Assert.Equal(Note, await page.GetByLabel("A note for the counsellor").InputValueAsync());
        for (var item = 2; item <= Observation.ItemCount; item++) await AnswerAsync(page, item, item == 5 ? "Not enough chance to see" : "Rarely");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check before sending" }).ClickAsync();
        await visit.AxeCleanAsync("observations/confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await visit.AxeCleanAsync("observations/sent");
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length"));

        await page.GetByRole(AriaRole.Link, new() { Name = "My observations" }).First.ClickAsync();
        await visit.AxeCleanAsync("observations/own");
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await visit.AxeCleanAsync("observations/one");
        await AnswerAsync(page, 1, "Never");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the correction" }).ClickAsync();
        Assert.Contains("Your correction is saved", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await page.GetByLabel("Yes, this form should no longer count").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
        Assert.Contains("Taken back", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        var kept = Assert.Single(await site.Get<OwnSubmissions>().ReadAsync($"day-{device}", 5, default));
        Assert.Equal((Note, (byte?)0, null, true), (kept.Note, kept.Observation.Item(1), kept.Observation.Item(5), kept.IsWithdrawn));
        Assert.DoesNotContain(name.Split(' ')[0], Uri.UnescapeDataString(page.Url), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Device.Names), MemberType = typeof(Device))]
    public async Task Day_WithoutScript_CanBeDoneAllTheSame(string device)
    {
        await using var visit = await site.VisitAsync(Device.Of(device), script: false);
        var name = await SignInAsync(visit, $"plain-{device}");
        var page = visit.Page;
        await visit.GoAsync("/observations/new");
        await page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "No, go on to the form" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Check before sending" }).ClickAsync();
        Assert.Contains("Please answer at least one item", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.GetByLabel("A note for the counsellor").FillAsync(Note);
        await AnswerAsync(page, 2, "Almost always");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check before sending" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change something" }).ClickAsync();
        Assert.Equal(Note, await page.GetByLabel("A note for the counsellor").InputValueAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Check before sending" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        Assert.Contains("Thank you", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
        Assert.Equal((byte?)4, Assert.Single(await site.Get<OwnSubmissions>().ReadAsync($"plain-{device}", 5, default)).Observation.Item(2));
    }

    [Fact]
    public async Task Day_KeyboardOnly_SendsAForm()
    {
        await using var visit = await site.VisitAsync(Device.Desktop);
        var name = await SignInAsync(visit, "keys");
        var page = visit.Page;
        await visit.GoAsync("/observations/new");
        await page.GetByLabel("Type a name").FocusAsync();
        await page.Keyboard.TypeAsync(name.Split(' ')[0]);
        await page.Locator("#found button", new() { HasText = name }).WaitForAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/observations/question**");
        await EnterOnAsync(page, "No, go on to the form");
        await page.WaitForURLAsync("**/observations/form**");
        await page.Locator("#date").FocusAsync();
        for (var item = 1; item <= Observation.ItemCount; item++)
        {
            await TabUntilAsync(page, $"document.activeElement.name === 'item-{item}'");
            await page.Keyboard.PressAsync("Space");
        }
        await EnterOnAsync(page, "Check before sending");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Is this right?" }).WaitForAsync();
        await EnterOnAsync(page, "Send");
        await page.WaitForURLAsync("**/observations/sent");
        Assert.All(Assert.Single(await site.Get<OwnSubmissions>().ReadAsync("keys", 5, default)).Observation.Items, answer => Assert.Equal((byte?)0, answer));
    }

    [Theory]
    [InlineData("phone", "en-GB", "Yes, or I am not sure", "This form is not a report")]
    [InlineData("desktop", "ja-JP", "はい、または分からない", "このフォームは通報ではありません")]
    public async Task Concern_AnsweredYes_StopsAndSaysWhomToSpeakTo(string device, string language, string yes, string words)
    {
        await using var visit = await site.VisitAsync(Device.Of(device), language);
        var name = await SignInAsync(visit, $"stop-{device}");
        await visit.GoAsync("/observations/new");
        await visit.AxeCleanAsync($"observations/choose-{language[..2]}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = yes }).ClickAsync();
        Assert.Contains(words, await visit.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Contains("555-0111", await visit.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await visit.AxeCleanAsync($"observations/stop-{language[..2]}");
    }

    private static Task AnswerAsync(IPage page, int item, string answer) =>
        page.Locator($"[id='items.{item}']").GetByLabel(answer, new() { Exact = true }).CheckAsync();

    /// <summary>Chromium drops keys until a new page has been painted: nobody presses one on a page that is not there yet.</summary>
    private static async Task EnterOnAsync(IPage page, string button)
    {
        await page.EvaluateAsync("() => new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))");
        await TabUntilAsync(page, $"document.activeElement.tagName === 'BUTTON' && document.activeElement.textContent.trim() === '{button}'");
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task TabUntilAsync(IPage page, string holds)
    {
        for (var tabs = 0; tabs < 120; tabs++)
        {
            if (await page.EvaluateAsync<bool>(holds)) return;
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail("The keyboard does not get there: " + holds);
    }

    /// <summary>A teacher with a class of five pupils, signed in at the picker, on their own page.</summary>
    /// <returns>A pupil's name that no other of the class begins with.</returns>
    private async Task<string> SignInAsync(Visit visit, string id)
    {
        await site.Get<SafeguardingContactStore>().SetDistrictAsync(
            new SafeguardingContact("Ms Hall", "555-0110"),
            new SchoolSafeguarding(new SafeguardingContact("Mr Lead", "555-0111"), null, new SafeguardingContact("Dr Head", "555-0112"), "911"), default);
        var school = site.District.Schools[0].Id;
        var places = new List<ClassPlace>();
        var names = new List<string>();
        await foreach (var pupil in PupilsAsync(school))
        {
            if (names.Exists(known => known.Split(' ')[0] == pupil.GivenName)) continue;
            places.Add(new ClassPlace(pupil.Key, null, null));
            names.Add($"{pupil.GivenName} {pupil.FamilyName}");
            if (places.Count == 5) break;
        }
        var of = new SchoolClass(school, ClassId.Parse(id));
        await site.Get<ClassStore>().SaveAsync(new ClassRoll(of, "Year 7 Green", places), default);
        await site.Get<StaffStore>().SaveAsync(
            new StaffMember(StaffId.Parse(id), $"source-{id}", $"Teacher {id}", new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { school }) { Classes = [of] }, null, default);
        await visit.GoAsync($"/local/signin?q={Uri.EscapeDataString($"Teacher {id}")}&returnUrl=/observations");
        await visit.Page.Locator($"button[name=staff][value='{id}']").ClickAsync();
        await visit.Page.WaitForURLAsync("**/observations");
        return names[0];
    }

    private async IAsyncEnumerable<StudentIdentity> PupilsAsync(SchoolId school)
    {
        var year = SchoolYear.Containing(site.District.LastSchoolDay);
        foreach (var (_, slot) in (await site.Get<SchoolRolls>().LoadAsync(school, year, default)).Pupils())
            if (slot.Spans.Any(span => span.Covers(site.District.LastSchoolDay))
                && await site.Get<StudentDirectory>().IdentifyAsync(slot.Student, default) is { GivenName: not null } known
                && !site.District.OptOuts.Contains(known.UniqueId))
                yield return known;
    }
}
