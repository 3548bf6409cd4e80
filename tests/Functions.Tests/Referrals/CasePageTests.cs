using System.Net;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Functions.Tests.Referrals;

public sealed class CasePageTests : IAsyncLifetime
{
    private CaseSite site = null!;

    public async ValueTask InitializeAsync() => site = await CaseSite.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    private async Task<Referral> AcknowledgedAsync(string given)
    {
        var referral = await site.ReferAsync(given);
        using var answer = await site.PostAsync($"/cases/{referral.Id}/acknowledge", referral);
        Assert.Equal((HttpStatusCode.SeeOther, $"/cases/{referral.Id}?done=acknowledge"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        return await site.NowAsync(referral);
    }

    [Fact]
    public async Task Get_OwnSchoolsCase_TellsWhyAndOffersTheNextStep()
    {
        var referral = await site.ReferAsync("Mara");
        var page = await site.PageAsync($"/cases/{referral.Id}");
        Assert.Contains("Mara Example", page, StringComparison.Ordinal);
        Assert.Contains("A fifth or more of the last 45 school days missed", page, StringComparison.Ordinal);
        Assert.Contains("25 %", page, StringComparison.Ordinal);
        Assert.Contains("20 % or more", page, StringComparison.Ordinal);
        Assert.Contains("falls below 20 %", page, StringComparison.Ordinal);
        Assert.Contains("97 %", page, StringComparison.Ordinal);
        Assert.Contains($"/cases/{referral.Id}/acknowledge", page, StringComparison.Ordinal);
        Assert.DoesNotContain(referral.Student.ToString(), page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rio", HttpStatusCode.NotFound)]
    [InlineData("tom", HttpStatusCode.Forbidden)]
    [InlineData("lea", HttpStatusCode.OK)]
    public async Task Get_ByOthers_GivesNothingAway(string who, HttpStatusCode status)
    {
        var referral = await site.ReferAsync("Mara");
        site.As(who == "rio" ? CaseSite.Rio : who == "tom" ? CaseSite.Tom : CaseSite.Lea);
        var page = await site.PageAsync($"/cases/{referral.Id}", status);
        Assert.Equal(status == HttpStatusCode.OK, page.Contains("Mara", StringComparison.Ordinal));
        if (who == "lea") Assert.DoesNotContain("/acknowledge", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NoSuchIdOrAnotherSchools_LookTheSame()
    {
        var referral = await site.ReferAsync("Mara");
        site.As(CaseSite.Rio);
        var theirs = await site.PageAsync($"/cases/{referral.Id}", HttpStatusCode.NotFound);
        var none = await site.PageAsync($"/cases/{Guid.NewGuid():N}", HttpStatusCode.NotFound);
        Assert.Equal(none[none.IndexOf("<main", StringComparison.Ordinal)..none.IndexOf("</main", StringComparison.Ordinal)],
            theirs[theirs.IndexOf("<main", StringComparison.Ordinal)..theirs.IndexOf("</main", StringComparison.Ordinal)]);
        await site.PageAsync("/cases/x", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Post_WithFieldsThatAreNotTheSteps_ChangesOnlyWhatTheStepDoes()
    {
        var before = await site.ReferAsync("Mara");
        using var answer = await site.PostAsync(
            $"/cases/{before.Id}/acknowledge", before,
            ("state", "Closed"), ("verdict", "Supported"), ("level", "High"), ("currentLevel", "None"), ("priority", "99"), ("school", "riverside"),
            ("assignedTo", "ben"), ("by", "ben"), ("role", "SafeguardingLead"), ("student", Guid.NewGuid().ToString("N")), ("id", Guid.NewGuid().ToString("N")),
            ("revision", "40"), ("openedOn", "2020-01-01"), ("snoozedUntil", "2027-01-01"), ("waiting", "true"), ("groundRemoved", "true"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var after = await site.NowAsync(before);
        Assert.Equal(
            (ReferralState.Acknowledged, before.Revision + 1, "ann"), (after.State, after.Revision, after.AssignedTo?.Value));
        Assert.Equal(
            before with { State = after.State, Revision = after.Revision, AssignedTo = after.AssignedTo, NewsAt = after.NewsAt, Evidence = after.Evidence }, after);
        var line = (await site.Get<ReferralStore>().ReadHistoryAsync(after, CancellationToken.None))[^1];
        Assert.Equal((ReferralAction.Acknowledge, "ann"), (line.Action, line.By.Value));
    }

    [Fact]
    public async Task Post_NoteWithMarkup_IsShownAsText()
    {
        var referral = await AcknowledgedAsync("Mara");
        using var answer = await site.PostAsync($"/cases/{referral.Id}/note", referral, ("text", "<script>alert(1)</script> 静か שלום"), ("restricted", "yes"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var page = await site.PageAsync($"/cases/{referral.Id}?done=note");
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_EveryStep_IsTakenAndStandsInTheHistory()
    {
        var referral = await AcknowledgedAsync("Mara");
        (string, (string, string)[])[] steps =
        [
            ("contact", [("with", "FamilyByPhone"), ("on", "2026-03-19"), ("outcome", "NoAnswer")]),
            ("plan", [("what", "MeetFamily"), ("due", "2026-03-27"), ("text", "Both parents.")]),
            ("finish", []),
            ("snooze", [("until", "2026-03-30"), ("text", "School trip.")]),
            ("wake", []),
            ("start", []),
            ("assign", [("to", "ben")]),
            ("close", [("verdict", "Supported")]),
        ];
        foreach (var (step, fields) in steps)
        {
            using var answer = await site.PostAsync($"/cases/{referral.Id}/{step}", referral, fields);
            Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{step}: {answer.StatusCode}");
            referral = await site.NowAsync(referral);
        }
        Assert.Equal((ReferralState.Closed, Verdict.Supported, "ben"), (referral.State, referral.Verdict!.Value, referral.AssignedTo!.Value.Value));
        var page = await site.PageAsync($"/cases/{referral.Id}");
        Assert.Contains("Family, by phone", page, StringComparison.Ordinal);
        Assert.Contains("Given to Ben Counsel", page, StringComparison.Ordinal);
        Assert.Contains("Support was given", page, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"do\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("note", "text", "")]
    [InlineData("snooze", "until", "2026-03-20")]
    [InlineData("snooze", "until", "then")]
    [InlineData("close", "verdict", "HandedToSafeguarding")]
    [InlineData("close", "verdict", "0")]
    [InlineData("assign", "to", "rio")]
    [InlineData("contact", "with", "Nobody")]
    public async Task Post_SomethingWrong_ComesBackWithWhatWasTyped(string step, string field, string value)
    {
        var referral = await AcknowledgedAsync("Mara");
        var text = field == "text" ? "" : "Kept as it was typed.";
        var (_, name, other) = step switch { "contact" => ("", "on", "2026-03-19"), _ => ("", "unused", "x") };
        using var answer = await site.PostAsync($"/cases/{referral.Id}/{step}", referral, (field, value), (field == "text" ? "extra" : "text", text), (name, other));
        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Conflict);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Not saved yet", page, StringComparison.Ordinal);
        if (text.Length > 0 && step is not "assign") Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.Equal(referral.Revision, (await site.NowAsync(referral)).Revision);
    }

    [Fact]
    public async Task Post_ColleagueWasFaster_IsToldAndLosesNothingTyped()
    {
        var referral = await AcknowledgedAsync("Mara");
        using (await site.PostAsync($"/cases/{referral.Id}/start", referral)) { }
        site.As(CaseSite.Ben);
        using var answer = await site.PostAsync($"/cases/{referral.Id}/note", referral, ("text", "I rang her father."));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Somebody changed this since you opened it", page, StringComparison.Ordinal);
        Assert.Contains("Support began", page, StringComparison.Ordinal);
        Assert.Contains("Ann Counsel", page, StringComparison.Ordinal);
        Assert.Contains(">I rang her father.</textarea>", page, StringComparison.Ordinal);

        var now = await site.NowAsync(referral);
        using var again = await site.PostAsync($"/cases/{referral.Id}/note", CaseSite.TokenOf(page), [("seen", $"{now.Revision}"), ("text", "I rang her father.")]);
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
    }

    [Fact]
    public async Task Post_HandOver_ClosesAndRaisesAnUrgentConcern()
    {
        var referral = await site.ReferAsync("Mara");
        using var answer = await site.PostAsync($"/cases/{referral.Id}/handover", referral, ("text", "She told me something."));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(Verdict.HandedToSafeguarding, (await site.NowAsync(referral)).Verdict);
        var (_, concerns) = await site.Get<ObservationStore>().ReadPupilAsync(referral.Student, CancellationToken.None);
        Assert.Equal("She told me something.", Assert.Single(concerns).Note);
    }

    [Fact]
    public async Task Get_RestrictedNote_IsReadByTheCaseAndTheLeadOnly()
    {
        var referral = await AcknowledgedAsync("Mara");
        using (await site.PostAsync($"/cases/{referral.Id}/note", referral, ("text", "For the few."), ("restricted", "yes"))) { }
        Assert.Contains("For the few.", await site.PageAsync($"/cases/{referral.Id}"), StringComparison.Ordinal);
        site.As(CaseSite.Lea);
        Assert.Contains("For the few.", await site.PageAsync($"/cases/{referral.Id}"), StringComparison.Ordinal);
        site.As(CaseSite.Ben with { Caseload = new([], new HashSet<Domain.Students.StudentKey> { Domain.Students.StudentKey.New() }) });
        var page = await site.PageAsync($"/cases/{referral.Id}");
        Assert.DoesNotContain("For the few.", page, StringComparison.Ordinal);
        Assert.Contains("restricted to those who work on the case", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ScreenedWorseWhileOpen_SaysSoToWhoeverActsNext()
    {
        var referral = await AcknowledgedAsync("Mara");
        await site.ScreenAsync(referral.Student, CaseSite.Oakfield, Level.High, CaseSite.Today);
        using var answer = await site.PostAsync($"/cases/{referral.Id}/close", referral, ("verdict", "NotAConcern"));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("More pressing than before", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_InJapanese_SpeaksJapanese()
    {
        var referral = await site.ReferAsync("Mara");
        site.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ja");
        var page = WebUtility.HtmlDecode(await site.PageAsync($"/cases/{referral.Id}"));
        Assert.Contains("直近 45 授業日の 2 割以上を欠席", page, StringComparison.Ordinal);
        Assert.Contains("引き受ける", page, StringComparison.Ordinal);
    }

    /// <summary>R11: a hundred counsellors claim one referral at the same moment.</summary>
    [Fact]
    public async Task Post_HundredClaimOneReferral_OneWinsAndTheOthersAreTold()
    {
        var referral = await site.ReferAsync("Mara");
        var token = CaseSite.TokenOf(await site.PageAsync($"/cases/{referral.Id}"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            site.PostAsync($"/cases/{referral.Id}/acknowledge", token, [("seen", "1")])));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.SeeOther);
        Assert.Equal(99, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        foreach (var answer in answers) answer.Dispose();
        Assert.Equal(2, (await site.NowAsync(referral)).Revision);
    }
}
