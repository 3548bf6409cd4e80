using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Tests.Observations;

/// <summary>A teacher's day in pages, without script.</summary>
public sealed class FormPagesTests : IAsyncLifetime
{
    private const string Withdrawing = "4430000000000";

    private readonly FormApp app = new();

    public async ValueTask InitializeAsync() => await app.StartAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static string Ada => $"Ada {FormApp.Canary}";

    [Fact]
    public async Task HandIn_FromChoosingToThanks_IsKeptAndListed()
    {
        var sent = await app.HandInAsync(Ada, "34-0.00000002", "quiet <script>alert(1)</script>\nمرحبا 👩‍👧");
        Assert.Contains("Thank you", sent, StringComparison.Ordinal);
        var own = Assert.Single(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default));
        Assert.Equal("quiet <script>alert(1)</script>\nمرحبا 👩‍👧", own.Note);
        Assert.Equal([3, 4, null, 0, null, 0, 0, 0, 0, 0, 0, 0, 2], own.Observation.Items);
        Assert.Equal((await app.KeyAsync("s1"), FormApp.Today), (own.Observation.Student, own.Observation.Date));

        var list = await app.PageAsync("/observations");
        Assert.Contains(Ada, list, StringComparison.Ordinal);
        var one = await app.PageAsync($"/observations/own/{own.Observation.Id}");
        Assert.DoesNotContain("<script>alert", one, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", one, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_SentTwice_IsOneForm()
    {
        var form = await app.OpenFormAsync(Ada);
        var confirm = await (await app.PostAsync(form, "/observations/form", FormApp.Typed(Withdrawing))).Content.ReadAsStringAsync();
        for (var i = 0; i < 2; i++) await app.FollowAsync(await app.PostAsync(confirm, "/observations/form", ("step", "send"), ("note", "")));
        Assert.Single(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default));
        // Gone back and changed after sending: the first stands, and the page says where it can be corrected.
        using var other = await app.PostAsync(confirm, "/observations/form", ("step", "send"), ("note", "more"));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Fact]
    public async Task Form_RefusedOrGoneBack_KeepsWhatWasTyped()
    {
        var form = await app.OpenFormAsync(Ada);
        using var refused = await app.PostAsync(form, "/observations/form", FormApp.Typed("-------------", "a note"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var again = await refused.Content.ReadAsStringAsync();
        Assert.Contains("Please answer at least one item", again, StringComparison.Ordinal);
        Assert.Contains(">a note</textarea>", again, StringComparison.Ordinal);

        var confirm = await (await app.PostAsync(again, "/observations/form", FormApp.Typed("3............", "a note"))).Content.ReadAsStringAsync();
        Assert.Contains("left open", confirm, StringComparison.Ordinal);
        var edited = await (await app.PostAsync(confirm, "/observations/form", ("step", "edit"), ("note", "a note"))).Content.ReadAsStringAsync();
        Assert.Matches("name=\"item-1\" value=\"3\" checked", edited);
        Assert.Single(Regex.Matches(edited, "\" checked"));
        Assert.Contains(">a note</textarea>", edited, StringComparison.Ordinal);
        Assert.Empty(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default));
    }

    [Fact]
    public async Task Question_Unanswered_ComesBackAndNoFormFollows()
    {
        var choose = await app.PageAsync("/observations/new");
        var reference = FormApp.ReferenceOf(choose, Ada);
        var question = await app.FollowAsync(await app.PostAsync(choose, "/observations/new", ("pupil", reference)));
        using var unanswered = await app.PostAsync(question, "/observations/question");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unanswered.StatusCode);
        // A reference of the question opens no form: the question cannot be passed by.
        await app.PageAsync($"/observations/form?for={reference}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Question_Yes_KeepsAConcernAndSaysWhomToSpeakToNow()
    {
        var choose = await app.PageAsync("/observations/new");
        var question = await app.FollowAsync(await app.PostAsync(choose, "/observations/new", ("pupil", FormApp.ReferenceOf(choose, Ada))));
        Assert.Contains("Dr Head", question, StringComparison.Ordinal);
        using var answer = await app.PostAsync(question, "/observations/question", ("safeguarding", "yes"));
        var stop = await app.FollowAsync(answer);
        foreach (var words in new[] { "This form is not a report", "Mr Lead", "tel:5550101", "tel:911", "Dr Head", Ada, "15 minutes" }) Assert.Contains(words, stop, StringComparison.Ordinal);
        // Sent again by a doubtful finger: one concern. Of another visit: a second one.
        await app.FollowAsync(await app.PostAsync(question, "/observations/question", ("safeguarding", "yes")));
        await Local.Harness.UntilAsync(async () => (await app.Get<UrgentConcerns>().ReadAsync(FormApp.North, default)).Count > 0);
        var urgent = Assert.Single(await app.Get<UrgentConcerns>().ReadAsync(FormApp.North, default));
        Assert.Equal((await app.KeyAsync("s1"), "green"), (urgent.Student, urgent.Observer));
        Assert.Empty(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default));
    }

    [Fact]
    public async Task NotOffered_ConcernsAreTakenAllTheSame()
    {
        await app.Get<SafeguardingContactStore>().SetDistrictAsync(null, new SchoolSafeguarding(null, null, null, null), default);
        Assert.Contains("not named its safeguarding contact", await app.PageAsync("/observations"), StringComparison.Ordinal);
        var choose = await app.PageAsync("/observations/new");
        var question = await app.FollowAsync(await app.PostAsync(choose, "/observations/new", ("pupil", FormApp.ReferenceOf(choose, Ada))));
        Assert.DoesNotContain("value=\"no\"", question, StringComparison.Ordinal);
        var stop = await app.FollowAsync(await app.PostAsync(question, "/observations/question", ("safeguarding", "yes")));
        Assert.Contains("has named nobody here", stop, StringComparison.Ordinal);
        await Local.Harness.UntilAsync(async () => (await app.Get<UrgentConcerns>().ReadAsync(FormApp.North, default)).Count == 1);
    }

    [Fact]
    public async Task OwnForm_CorrectedAndTakenBack()
    {
        await app.HandInAsync(Ada, Withdrawing, "first");
        var id = Assert.Single(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default)).Observation.Id;
        var page = await app.PageAsync($"/observations/own/{id}");
        var done = await app.FollowAsync(await app.PostAsync(page, $"/observations/own/{id}", FormApp.Typed("1000000000000", "second")));
        Assert.Contains("Your correction is saved", done, StringComparison.Ordinal);
        // The page of before the correction: told, and nothing typed is lost.
        using var late = await app.PostAsync(page, $"/observations/own/{id}", FormApp.Typed("2000000000000", "third"));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains(">third</textarea>", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await app.FollowAsync(await app.PostAsync(page, $"/observations/own/{id}/withdraw"));
        Assert.False((await app.Get<ObservationSubmission>().FindAsync(id, "green", default))!.IsWithdrawn);
        var back = await app.FollowAsync(await app.PostAsync(page, $"/observations/own/{id}/withdraw", ("sure", "yes")));
        Assert.Contains("You have taken the form back", back, StringComparison.Ordinal);
        Assert.Contains("Taken back", back, StringComparison.Ordinal);
        Assert.DoesNotContain("Save the correction", await app.PageAsync($"/observations/own/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OthersPupilsReferencesAndForms_AreNotThere()
    {
        await app.HandInAsync(Ada, Withdrawing);
        var id = Assert.Single(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default)).Observation.Id;
        var choose = await app.PageAsync("/observations/new");
        var reference = FormApp.ReferenceOf(choose, Ada);
        app.SignIn(FormApp.Brown);
        Assert.DoesNotContain(Ada, await app.PageAsync("/observations/new"), StringComparison.Ordinal);
        Assert.DoesNotContain(Ada, await app.PageAsync("/observations"), StringComparison.Ordinal);
        foreach (var address in new[] { $"/observations/own/{id}", $"/observations/question?for={reference}", "/observations/own/x", "/observations/form?for=x" })
            Assert.DoesNotContain(FormApp.Canary, await app.PageAsync(address, HttpStatusCode.NotFound), StringComparison.Ordinal);
        // Out of the class since: the reference, though the teacher's own, opens nothing any more.
        app.SignIn(FormApp.Green with { Classes = FormApp.Brown.Classes });
        await app.PageAsync($"/observations/question?for={reference}", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("ad", "Ada Quillon")]
    [InlineData("QUI ad", "Ada Quillon")]
    [InlineData("zoe", "Zoë <b>O'Hara</b>")]
    [InlineData("山", "花子 山田")]
    [InlineData("pupil7", null)]
    [InlineData("da", null)]
    [InlineData("", null)]
    public async Task Find_Typed_GivesOwnPupilsOnlyWithoutIds(string typed, string? first)
    {
        var choose = await app.PageAsync("/observations/new");
        var token = Regex.Match(choose, "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var answer = await app.Client.PostAsync("/observations/pupils", new FormUrlEncodedContent([new("form-token", token), new("name", typed)]));
        var found = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(first, found.EnumerateArray().Select(p => p.GetProperty("name").GetString()).FirstOrDefault());
        Assert.All(found.EnumerateArray(), p => Assert.Equal(["class", "name", "reference"], p.EnumerateObject().Select(f => f.Name).Order()));
        Assert.DoesNotContain((await app.KeyAsync("s1")).ToString(), await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HandIn_RaisesAReferralThatNamesTheDayAndTheTeacherNeverSeesIt()
    {
        await app.SendWeeksAsync();
        Assert.Empty(await app.Get<ReferralStore>().ReadOpenAsync(default));
        var pages = await app.HandInAsync(Ada, Withdrawing);
        var started = System.Diagnostics.Stopwatch.StartNew();
        await Local.Harness.UntilAsync(async () => (await app.Get<ReferralStore>().ReadOpenAsync(default)).Count == 1);
        Assert.InRange(started.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(StoreSwitch.IsEmulator ? 10 : 1));
        var referral = Assert.Single(await app.Get<ReferralStore>().ReadOpenAsync(default));
        var trigger = Assert.Single(referral.Evidence.Triggers, t => t.RuleId == "observed.withdrawing");
        Assert.Equal([FormApp.Today], trigger.Dates);
        Assert.DoesNotContain("green", JsonSerializer.Serialize(referral), StringComparison.Ordinal);
        pages += await app.PageAsync("/observations");
        foreach (var word in new[] { "Raised", "Look into", "level", "score", "risk", "referral" })
            Assert.DoesNotContain(word, Regex.Replace(pages, "<[^>]*>", ""), StringComparison.OrdinalIgnoreCase);

        var id = Assert.Single(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default)).Observation.Id;
        var page = await app.PageAsync($"/observations/own/{id}");
        await app.PostAsync(page, $"/observations/own/{id}/withdraw", ("sure", "yes"));
        await Local.Harness.UntilAsync(async () => (await app.Get<ReferralStore>().ReadPupilAsync(referral.Student, default)).All[0].State == ReferralState.Retracted);
    }

    [Fact]
    public async Task HandIn_ByTwoTeachers_AgreeOnlyIfTheyAreTwo()
    {
        await app.SendWeeksAsync();
        await app.HandInAsync(Ada, Withdrawing);
        await app.HandInAsync(Ada, Withdrawing);
        await UntilFormsAsync("observed.withdrawing");
        Assert.DoesNotContain(await RulesAsync(), rule => rule == "observed.agreement");
        app.SignIn(FormApp.Brown with { Classes = FormApp.Green.Classes });
        await app.HandInAsync(Ada, Withdrawing);
        await UntilFormsAsync("observed.agreement");

        async Task UntilFormsAsync(string rule) => await Local.Harness.UntilAsync(async () => (await RulesAsync()).Contains(rule));
        async Task<List<string>> RulesAsync() =>
            [.. (await app.Get<ReferralStore>().ReadOpenAsync(default)).SelectMany(r => r.Evidence.Triggers).Select(t => t.RuleId)];
    }

    [Fact]
    public async Task ADay_OfForms_LeavesNoNameInAnyLogMessageOrAddress()
    {
        await app.SendWeeksAsync();
        await app.HandInAsync(Ada, Withdrawing, $"note on {FormApp.Canary}");
        await app.PageAsync("/observations");
        var choose = await app.PageAsync("/observations/new");
        var question = await app.FollowAsync(await app.PostAsync(choose, "/observations/new", ("pupil", FormApp.ReferenceOf(choose, Ada))));
        using var yes = await app.PostAsync(question, "/observations/question", ("safeguarding", "yes"));
        Assert.DoesNotContain(FormApp.Canary, Uri.UnescapeDataString(yes.Headers.Location!.OriginalString), StringComparison.Ordinal);
        await app.FollowAsync(yes);
        await Local.Harness.UntilAsync(async () => (await app.Get<UrgentConcerns>().ReadAsync(FormApp.North, default)).Count == 1);
        var key = (await app.KeyAsync("s1")).ToString();
        Assert.NotEmpty(app.Log);
        Assert.All(app.Log, line =>
        {
            Assert.DoesNotContain(FormApp.Canary, line, StringComparison.Ordinal);
            Assert.DoesNotContain(key, line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Pages_InJapanese_AreJapanese()
    {
        app.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ja");
        var form = await app.OpenFormAsync(Ada);
        foreach (var words in new[] { "lang=\"ja\"", "見る機会がなかった", "休み時間や昼食のときに一人でいる", "送る前に確認する" })
            Assert.Contains(words, WebUtility.HtmlDecode(form), StringComparison.Ordinal);
    }
}
