using System.Net;
using System.Text;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Cases;
using SchoolSignal.Functions.Tests.Local;
using SchoolSignal.Functions.Tests.Observations;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Telemetry;

/// <summary>Names, notes and addresses found nowhere else, wherever somebody can type or send one; then a whole run; then everything that
/// leaves the app or is kept for those who run it is searched for them.</summary>
public sealed class CanaryTests(ITestOutputHelper output)
{
    private const string Note = "plover-1177 sat alone";
    private const string Number = "heron-2288";

    /// <summary>A recipient, whom a mail may greet.</summary>
    private const string Staff = "bunting-3399";

    [Fact]
    public async Task Run_WithCanariesEverywhere_NoneIsInALogATraceAMessageOrAMail()
    {
        var recorded = new RecordedTelemetry();
        await using var app = new FormApp(recorded.Register);
        await app.StartAsync();
        foreach (var (id, role) in new[] { ("lead", Role.SafeguardingLead), ("mentor", Role.Counsellor) })
            await app.Get<StaffStore>().SaveAsync(
                new StaffMember(StaffId.Parse(id), $"t-{id}", $"M {Staff}", new HashSet<Role> { role }, new HashSet<SchoolId> { FormApp.North })
                {
                    UserPrincipalName = $"{Staff}.{id}@school.example",
                }, null, default);
        await app.SendWeeksAsync();
        // Rows that are refused, of a pupil nobody knows.
        await app.ImportAsync($"date,schoolId,studentUniqueId,code\n2026-02-13,North,{Number},{FormApp.Canary}\n31.31.2026,North,{Number},/\n", Register);
        await app.HandInAsync("Ada Quillon", "4433333333333", Note);
        await PostAsync(app, $$"""{"studentUniqueId":"s1","safeguarding":true,"items":{},"note":"{{Note}}"}""");
        await PostAsync(app, $$"""{"studentUniqueId":"{{Number}}","safeguarding":false,"items":{"1":9},"{{FormApp.Canary}}":"{{Note}}"}""");
        using var typed = await app.Client.GetAsync($"/cases/{Number}?q={FormApp.Canary}");

        var student = await app.KeyAsync("s1");
        Referral? referral = null;
        await Harness.UntilAsync(async () => (referral = (await app.Get<ReferralStore>().ReadPupilAsync(student, default)).All is [var first, ..] ? first : null) is not null);
        await app.Get<CaseWork>().TakeAsync(
            referral!, new CaseStep.AddNote(CaseText.Parse(Note), IsRestricted: true), new Authority(AuditActor.Staff("mentor"), [Role.Counsellor], null), referral!.Revision, default);
        var mailbox = app.Get<FolderMailbox>();
        await Harness.UntilAsync(() => mailbox.Sent().Count >= 2);
        await RecordedTelemetry.FlushAsync(app);

        await app.StopAsync();
        var queue = app.Get<SqliteMessageQueue>();
        await GiveUpAsync(app, queue);
        var letters = QueueName.All.SelectMany(name => queue.DeadLetters(name, 100)).ToList();
        Assert.NotEmpty(letters);
        var failures = await app.Get<FailureStore>().ListAsync(default);

        var places = new Dictionary<string, string>
        {
            ["logs"] = string.Join('\n', app.OwnLog),
            ["traces, metrics"] = recorded.Text(),
            ["dead letters"] = string.Join('\n', letters.Select(l => $"{l.MessageId} {l.SessionId} {l.Body} {l.Reason}")),
            ["failures"] = string.Join('\n', failures.Select(f => $"{f.Key} {f.Reason} {f.Message}")),
            ["mails"] = string.Join('\n', mailbox.Sent().Select(m => $"{m.Subject}\n{m.Text}\n{m.Link}")),
        };
        foreach (var (place, text) in places)
        {
            output.WriteLine($"{place}: {text.Length:N0} characters searched");
            foreach (var canary in (string[])[FormApp.Canary, Note, Number, .. place == "mails" ? (string[])[] : [Staff]])
                Assert.DoesNotContain(canary, text, StringComparison.OrdinalIgnoreCase);
        }
        // A message may carry the random key, what people read may not.
        foreach (var place in (string[])["logs", "traces, metrics", "mails"])
            Assert.DoesNotContain(student.ToString(), places[place], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A feed that nobody could work on, until the queue gives it up.</summary>
    private static async Task GiveUpAsync(FormApp app, SqliteMessageQueue queue)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes($"date,schoolId,studentUniqueId,code\n2026-02-13,North,{Number},/\n"));
        await app.Get<FeedIntake>().ReceiveAsync(file, Register, long.MaxValue, null, default);
        foreach (var message in await queue.ReceiveAsync(QueueName.FeedArrivals, 10, TimeSpan.FromMinutes(1), default))
            Assert.True(await queue.DeadLetterAsync(message, "Nobody worked on it.", default));
    }

    private static async Task PostAsync(FormApp app, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/observations") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await app.Client.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
    }
}
