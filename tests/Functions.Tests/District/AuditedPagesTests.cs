using System.Globalization;
using System.Net;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Functions.Tests.Observations;
using SchoolSignal.Functions.Tests.Referrals;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>Every look at a pupil's record and every step leaves its entry: who, by which right, by which way, about whom.</summary>
public sealed class AuditedPagesTests
{
    [Fact]
    public async Task Counsellor_ListCaseAndEveryStep_LeaveTheirEntries()
    {
        await using var site = await CaseSite.StartAsync();
        var (mara, sam) = (await site.ReferAsync("Mara"), await site.ReferAsync("Sam"));
        await site.PageAsync("/worklist");
        var list = Assert.Single(await EntriesAsync(site, AuditAction.ReadWorklist));
        Assert.Equal(new[] { mara.Student, sam.Student }.Order(), list.Students.Order());
        AssertIs(list, "staff ann", AccessReason.RolePermits, "page");

        await site.PageAsync($"/cases/{mara.Id}");
        var read = Assert.Single(await EntriesAsync(site, AuditAction.ReadCase));
        Assert.Equal((mara.Student, CaseSite.Oakfield, mara.Id.ToString()), (Assert.Single(read.Students), read.School!.Value, read.Reference));
        // Without a caseload of grades or names, every pupil of the own schools is in it.
        AssertIs(read, "staff ann", AccessReason.OwnCaseload, "page");

        var day = CaseSite.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var later = CaseSite.Today.AddDays(5).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        (string Step, AuditAction Action, (string, string)[] Fields)[] steps =
        [
            ("acknowledge", AuditAction.ChangeReferral, []),
            ("assign", AuditAction.ChangeReferral, [("to", "ben")]),
            ("contact", AuditAction.WriteCase, [("with", "Pupil"), ("outcome", "Talked"), ("on", day), ("text", "spoke")]),
            ("note", AuditAction.WriteCase, [("text", "a note")]),
            ("plan", AuditAction.WriteCase, [("what", "CallFamily"), ("due", later)]),
            ("finish", AuditAction.WriteCase, []),
            ("snooze", AuditAction.ChangeReferral, [("until", later), ("text", "family away")]),
            ("wake", AuditAction.ChangeReferral, []),
            ("start", AuditAction.ChangeReferral, []),
            ("close", AuditAction.ChangeReferral, [("verdict", "Supported")]),
        ];
        foreach (var (step, action, fields) in steps)
        {
            site.Clock.Advance(TimeSpan.FromSeconds(1));
            var before = (await EntriesAsync(site, action)).Count;
            using var answer = await site.PostAsync($"/cases/{mara.Id}/{step}", await site.NowAsync(mara), fields);
            Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{step}: {answer.StatusCode}");
            await Local.Harness.UntilAsync(async () => (await EntriesAsync(site, action)).Count == before + 1);
            var entry = (await EntriesAsync(site, action))[0];
            Assert.Equal((mara.Student, mara.Id.ToString()), (Assert.Single(entry.Students), entry.Reference));
            AssertIs(entry, "staff ann", AccessReason.OwnCaseload, "page");
        }

        // Several at once from the list: one entry each, and what was refused leaves none.
        var token = CaseSite.TokenOf(await site.PageAsync("/worklist"));
        using var bulk = await site.PostAsync("/worklist/acknowledge", token, [("pick", $"{sam.Id}.{sam.Revision}"), ("pick", $"{mara.Id}.{mara.Revision}")]);
        await Local.Harness.UntilAsync(async () => (await EntriesAsync(site, AuditAction.ChangeReferral)).Any(e => e.Students.Contains(sam.Student)));
        Assert.Single(await EntriesAsync(site, AuditAction.ChangeReferral), e => e.Students.Contains(sam.Student));
    }

    [Fact]
    public async Task Worklist_OverTheApi_SaysSo()
    {
        await using var site = await CaseSite.StartAsync();
        var mara = await site.ReferAsync("Mara");
        await site.Get<SchoolRegistry>().AddAsync(CaseSite.Oakfield, Domain.Calendars.SchoolYear.Containing(CaseSite.Today, 8), default);
        await site.PageAsync("/api/referrals?school=oakfield");
        var list = Assert.Single(await EntriesAsync(site, AuditAction.ReadWorklist));
        Assert.Equal([mara.Student], list.Students);
        AssertIs(list, "staff ann", AccessReason.RolePermits, "api");
    }

    [Fact]
    public async Task Teacher_FindsHandsInCorrectsAndTakesBack_LeavesAnEntryForEach()
    {
        await using var app = new FormApp();
        await app.StartAsync();
        var (student, name) = (await app.KeyAsync("s1"), $"Ada {FormApp.Canary}");
        await app.HandInAsync(name, "3330000000000");
        var id = Assert.Single(await app.Get<OwnSubmissions>().ReadAsync("green", 10, default)).Observation.Id;
        var page = await app.PageAsync($"/observations/own/{id}");
        await app.FollowAsync(await app.PostAsync(page, $"/observations/own/{id}", FormApp.Typed("1000000000000", "second")));
        await app.FollowAsync(await app.PostAsync(page, $"/observations/own/{id}/withdraw", ("sure", "yes")));

        await Local.Harness.UntilAsync(async () => (await EntriesAsync(app, AuditAction.WithdrawObservation)).Count == 1);
        foreach (var action in new[] { AuditAction.SubmitObservation, AuditAction.CorrectObservation, AuditAction.WithdrawObservation })
        {
            var entry = Assert.Single(await EntriesAsync(app, action));
            Assert.Equal((student, FormApp.North, id.ToString()), (Assert.Single(entry.Students), entry.School!.Value, entry.Reference));
            Assert.Equal(("staff green", "page"), (entry.Who.Value, entry.Through));
        }
        Assert.Contains(await EntriesAsync(app, AuditAction.FindPupil), entry => entry.Students.Count == 6);
        Assert.Contains(await EntriesAsync(app, AuditAction.ReadObservations), entry => entry.Reference == id.ToString());
    }

    [Fact]
    public async Task System_HandsInForATeacher_IsNamedBesideTheTeacher()
    {
        await using var app = new FormApp();
        await app.StartAsync();
        app.SignIn(FormApp.System);
        using var content = new StringContent(
            """{"studentUniqueId":"s1","safeguarding":false,"items":{"1":3},"submitter":"green@school.example"}""", System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/observations") { Content = content };
        request.Headers.Add("Idempotency-Key", "k1");
        using var answer = await app.Client.SendAsync(request);
        await Local.Harness.UntilAsync(async () => (await EntriesAsync(app, AuditAction.SubmitObservation)).Count == 1);
        var entry = Assert.Single(await EntriesAsync(app, AuditAction.SubmitObservation));
        Assert.Equal(("staff green", "app-form"), (entry.Who.Value, entry.Through));
    }

    private static void AssertIs(AuditEntry entry, string who, AccessReason reason, string through) =>
        Assert.Equal((who, reason, through), (entry.Who.Value, entry.Reason!.Value, entry.Through));

    private static Task<IReadOnlyList<AuditEntry>> EntriesAsync(CaseSite site, AuditAction action) => EntriesAsync(site.Get<AuditSearch>(), CaseSite.Today, action);

    private static Task<IReadOnlyList<AuditEntry>> EntriesAsync(FormApp app, AuditAction action) => EntriesAsync(app.Get<AuditSearch>(), FormApp.Today, action);

    private static async Task<IReadOnlyList<AuditEntry>> EntriesAsync(AuditSearch search, DateOnly day, AuditAction action) =>
        (await search.FindAsync(Authority.CommandLine, new AuditQuery(day, day) { Action = action }, default)).Entries;
}
