using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Tests.Referrals;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>An administrator answers a family: finds the pupil, reads, prints and saves what is held.</summary>
public sealed partial class SubjectAccessPageTests : IAsyncLifetime
{
    private const string Address = "/district/subject-access";

    private static readonly Caller Ada = new(StaffId.Parse("ada"), new HashSet<Role> { Role.Administrator }, new HashSet<SchoolId>()) { Name = "Ada Admin" };

    private CaseSite site = null!;

    public async ValueTask InitializeAsync() => site = await CaseSite.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Find_ByBeginningOfAName_OffersThePupilsOfTheSchoolAndIsAudited()
    {
        var mara = await site.ReferAsync("Mara");
        await site.ReferAsync("Marek", CaseSite.Riverside);
        site.As(Ada);
        var found = await FindAsync("oakfield", "mar");
        Assert.Contains(">Mara Example<", found, StringComparison.Ordinal);
        Assert.DoesNotContain("Marek", found, StringComparison.Ordinal);
        Assert.DoesNotContain(mara.Student.ToString(), found, StringComparison.Ordinal);
        // By the whole number, which is no beginning of a name.
        Assert.Contains(">Mara Example<", await FindAsync("oakfield", "p1"), StringComparison.Ordinal);
        Assert.Contains("Nobody was found", await FindAsync("oakfield", "p"), StringComparison.Ordinal);
        Assert.Equal(2, (await EntriesAsync(AuditAction.FindPupil)).Count(e => e.Who.Value == "staff ada" && e.Students.SequenceEqual([mara.Student])));
    }

    [Fact]
    public async Task Find_WithoutSchoolOrName_ComesBackWithWhatIsMissing()
    {
        site.As(Ada);
        var token = CaseSite.TokenOf(await site.PageAsync(Address));
        using var answer = await site.PostAsync(Address, token, [("school", ""), ("name", " ")]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("href=\"#name\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"#school\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_Chosen_ShowsWhatIsHeldAndWhoWasShownItItselfTheLast()
    {
        var mara = await site.ReferAsync("Mara");
        await site.PageAsync($"/cases/{mara.Id}");
        await site.PostAsync($"/cases/{mara.Id}/acknowledge", mara);
        await site.PostAsync($"/cases/{mara.Id}/note", await site.NowAsync(mara), ("text", "Talked at the <gate>"));
        await KeepFormAsync(mara.Student);
        site.Clock.Advance(TimeSpan.FromMinutes(1));
        site.As(Ada);
        using var answer = await OpenAsync("record");
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        foreach (var words in new[] { "Mara Example", "p1", "Ann Counsel", "Talked at the <gate>", "Taken back by its author", "before correction 1", "an earlier note" })
            Assert.Contains(words, page, StringComparison.Ordinal);
        var disclosures = page[page.IndexOf("id=\"disclosures\"", StringComparison.Ordinal)..page.IndexOf("id=\"changes\"", StringComparison.Ordinal)];
        Assert.True(disclosures.IndexOf("Read a case", StringComparison.Ordinal) < disclosures.LastIndexOf("Exported a record", StringComparison.Ordinal));
        Assert.Equal([mara.Student], Assert.Single(await EntriesAsync(AuditAction.ExportRecord)).Students);
    }

    [Fact]
    public async Task File_Saved_HoldsWithdrawalAndEarlierAnswersUnderANameThatSaysNothing()
    {
        var mara = await site.ReferAsync("Mara");
        await KeepFormAsync(mara.Student);
        site.As(Ada);
        using var answer = await OpenAsync("file");
        Assert.Equal("subject-access.json", answer.Content.Headers.ContentDisposition!.FileName);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var form = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("observations")[0];
        Assert.Equal(CaseSite.Today, DateOnly.FromDateTime(form.GetProperty("withdrawnAt").GetDateTime()));
        var earlier = form.GetProperty("earlier")[0];
        Assert.Equal((1, "an earlier note", 4), (earlier.GetProperty("revision").GetInt32(), earlier.GetProperty("note").GetString(), earlier.GetProperty("items").GetProperty("1").GetInt32()));
        Assert.Single(await EntriesAsync(AuditAction.ExportRecord));
    }

    [Fact]
    public async Task Record_OfAPupilWhoseReferralAlerted_SaysWhenWhatAndToWhichRole()
    {
        var mara = await site.ReferAsync("Mara");
        var place = new NotificationPlace(TableName.Pupils, site.Get<PupilPartitions>().Of(mara.Student));
        var alert = new Notification(
            NotificationSubject.Referral(mara.Id.ToString()), NotificationPurpose.Escalation, "Raised", 0, "ann", NotificationChannel.Mail, false, NotificationState.Sent, site.Clock.GetUtcNow());
        var contact = alert with { Subject = NotificationSubject.Concern(Guid.NewGuid().ToString("N")), Recipient = "somebody else's" };
        foreach (var told in new[] { alert, contact })
            await site.Get<ITableStore>().CommitAsync(place.Table, place.Partition, [.. NotificationLog.Plan(place, told, "ann@north.example", null)], CancellationToken.None);
        site.As(Ada);
        using var page = await OpenAsync("record");
        var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
        var section = text[text.IndexOf("id=\"told\"", StringComparison.Ordinal)..text.IndexOf("id=\"disclosures\"", StringComparison.Ordinal)];
        foreach (var words in new[] { "A referral has not been acknowledged", alert.Subject.Reference, "Counsellor", "Ann Counsel", "Sent" }) Assert.Contains(words, section, StringComparison.Ordinal);
        // Another pupil's concern in the same partition is none of this one's.
        Assert.DoesNotContain("A safeguarding concern", section, StringComparison.Ordinal);
        using var file = await OpenAsync("file");
        // Beside the alerts that opening it planned.
        var row = Assert.Single(
            JsonDocument.Parse(await file.Content.ReadAsStringAsync()).RootElement.GetProperty("notifications").EnumerateArray(), sent => sent.GetProperty("purpose").GetString() == "escalation");
        Assert.Equal(("referral", "escalation", "ann", "counsellor"), (
            row.GetProperty("about").GetString(), row.GetProperty("purpose").GetString(), row.GetProperty("to").GetString(), row.GetProperty("roles")[0].GetString()));
    }

    [Theory]
    [InlineData(NotificationState.Sent, "ann", "2026-03-20T08:40", "Counsellor (Ann Counsel) · Sent")]
    [InlineData(NotificationState.Refused, "ann", "2026-03-20T08:40", "Counsellor (Ann Counsel) · Could not be sent")]
    // It never went out: when it was planned is all there is.
    [InlineData(NotificationState.Dropped, "ann", "2026-03-20T08:00", "Counsellor (Ann Counsel) · Not sent: no longer needed")]
    [InlineData(NotificationState.Sent, "board-office", "2026-03-20T08:40", "A contact of the district · Sent")]
    public async Task Record_OfWhatWasSent_SaysWhenToWhomAndHowItEnded(NotificationState state, string recipient, string when, string ended)
    {
        var mara = await site.ReferAsync("Mara");
        var place = new NotificationPlace(TableName.Pupils, site.Get<PupilPartitions>().Of(mara.Student));
        var planned = site.Clock.GetUtcNow().AddHours(-1);
        var told = new Notification(
            NotificationSubject.Referral(mara.Id.ToString()), NotificationPurpose.Correction, "Raised", 0, recipient, NotificationChannel.Mail, false, state, planned)
        { LastSendAt = state == NotificationState.Dropped ? null : planned.AddMinutes(40) };
        await site.Get<ITableStore>().CommitAsync(place.Table, place.Partition, [.. NotificationLog.Plan(place, told, "box", null)], CancellationToken.None);
        site.As(Ada);
        using var page = await OpenAsync("record");
        var row = Row().Matches(SentOf(await page.Content.ReadAsStringAsync())).Select(match => match.Value).Single(row => row.Contains("A referral was taken back", StringComparison.Ordinal));
        Assert.Contains($"datetime=\"{when}", row, StringComparison.Ordinal);
        var cells = Cell().Matches(row).Select(match => Blanks().Replace(Tag().Replace(match.Groups[1].Value, ""), " ").Trim());
        Assert.Equal([$"A referral was taken back ({told.Subject.Reference})", .. ended.Split(" · ")], cells);
    }

    [Fact]
    public async Task Record_OfAPupilWithNothingSent_SaysNothing()
    {
        var mara = new StudentNaming(StudentUniqueId.Parse("p9"), "Mara", "Quiet");
        await site.Get<Enrollments>().EnrollAsync(
            [new EnrollmentStatement(mara, new Enrollment(CaseSite.Oakfield, new DateOnly(2025, 9, 1), null, "7"))], EnrollmentMode.Roster, 8, CancellationToken.None);
        site.As(Ada);
        using var page = await OpenAsync("record");
        var section = SentOf(await page.Content.ReadAsStringAsync());
        Assert.Contains("<p>Nothing.</p>", section, StringComparison.Ordinal);
        Assert.DoesNotContain("<table", section, StringComparison.Ordinal);
        using var file = await OpenAsync("file");
        Assert.Equal(0, JsonDocument.Parse(await file.Content.ReadAsStringAsync()).RootElement.GetProperty("notifications").GetArrayLength());
    }

    [Fact]
    public async Task Reference_OfAnotherAdministratorOrMadeUp_OpensNothing()
    {
        await site.ReferAsync("Mara");
        site.As(Ada);
        var reference = ReferenceOf(await FindAsync("oakfield", "mara"));
        var other = Ada with { Id = StaffId.Parse("eve") };
        site.As(other);
        var token = CaseSite.TokenOf(await site.PageAsync(Address));
        foreach (var pupil in new[] { reference, "x", "" })
        {
            using var answer = await site.PostAsync($"{Address}/record", token, [("pupil", pupil)]);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        Assert.Empty(await EntriesAsync(AuditAction.ExportRecord));
    }

    private static string SentOf(string page)
    {
        var text = WebUtility.HtmlDecode(page);
        return text[text.IndexOf("id=\"told\"", StringComparison.Ordinal)..text.IndexOf("id=\"disclosures\"", StringComparison.Ordinal)];
    }

    private async Task<HttpResponseMessage> OpenAsync(string what)
    {
        var found = await FindAsync("oakfield", "mara");
        var answer = await site.PostAsync($"{Address}/{what}", CaseSite.TokenOf(found), [("pupil", ReferenceOf(found))]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    private async Task<string> FindAsync(string school, string name)
    {
        var token = CaseSite.TokenOf(await site.PageAsync(Address));
        using var answer = await site.PostAsync(Address, token, [("school", school), ("name", name)]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>A form that was corrected once and then taken back.</summary>
    private async Task KeepFormAsync(StudentKey student)
    {
        var (store, id) = (site.Get<ObservationStore>(), ObservationId.New());
        var first = new StoredObservation(
            new Observation(id, student, CaseSite.Oakfield, CaseSite.Today, "tom", [.. Enumerable.Repeat<byte?>(4, Observation.ItemCount)]), "an earlier note")
        { SubmittedAt = site.Clock.GetUtcNow() };
        var corrected = first with
        {
            Observation = first.Observation with { Items = [.. Enumerable.Repeat<byte?>(1, Observation.ItemCount)] },
            Note = "a later note",
            Revision = 2,
        };
        await store.SaveAsync(first, [], CancellationToken.None);
        foreach (var next in new[] { corrected, corrected with { Revision = 3, WithdrawnAt = site.Clock.GetUtcNow() } })
        {
            var now = (await store.FindAsync(student, CaseSite.Oakfield, CaseSite.Today, id, CancellationToken.None))!;
            Assert.True(await store.ReplaceAsync(now, next, [], CancellationToken.None));
        }
    }

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync(AuditAction action) => (await site.Get<AuditSearch>().FindAsync(
        Authority.CommandLine, new AuditQuery(CaseSite.Today, CaseSite.Today) { Action = action }, default)).Entries;

    private static string ReferenceOf(string page) => Pupil().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"pupil\" value=\"([^\"]+)\"")]
    private static partial Regex Pupil();

    [GeneratedRegex("<tr>.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<td[^>]*>(.*?)</td>", RegexOptions.Singleline)]
    private static partial Regex Cell();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
