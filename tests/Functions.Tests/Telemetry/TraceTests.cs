using System.Diagnostics;
using System.Net;
using System.Text;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Adapters.Telemetry;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Tests.Local;
using SchoolSignal.Functions.Tests.Observations;

namespace SchoolSignal.Functions.Tests.Telemetry;

/// <summary>What those who run it see: one trace from the form to the mail, the figures of the work, and nobody's name.</summary>
public sealed class TraceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly RecordedTelemetry recorded = new();
    private FormApp app = null!;

    public async ValueTask InitializeAsync()
    {
        app = new FormApp(recorded.Register);
        await app.StartAsync();
        await app.Get<StaffStore>().SaveAsync(
            new StaffMember(StaffId.Parse("lead"), "t-9", $"Mr {FormApp.Canary}", new HashSet<Role> { Role.SafeguardingLead }, new HashSet<SchoolId> { FormApp.North })
            {
                UserPrincipalName = $"{FormApp.Canary}@school.example",
            }, null, default);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Concern_HandedIn_OneTraceLeadsFromTheFormToTheMail()
    {
        await PostAsync("""{"studentUniqueId":"s1","safeguarding":true,"items":{}}""");
        var mailbox = app.Get<FolderMailbox>();
        // The mail is there before the spans of its sending, and of what led to it, have ended.
        await Harness.UntilAsync(() => mailbox.Sent().Count > 0 && IsWhole(Trace()));

        var trace = Trace();
        var form = Assert.Single(trace, a => a.Kind == ActivityKind.Server);
        foreach (var span in trace) output.WriteLine($"{span.StartTimeUtc:ss.fff} {span.Duration.TotalMilliseconds,6:F1} ms  {span.DisplayName} {span.GetTagItem("schoolsignal.kind")}");
        Assert.Equal("POST api/observations", form.DisplayName);
        var raised = Assert.Single(trace, a => a.ParentSpanId == form.SpanId && Equals(a.GetTagItem("schoolsignal.kind"), "concern-raised"));
        Assert.Contains(trace, a => a.ParentSpanId == raised.SpanId && Equals(a.GetTagItem("schoolsignal.kind"), "notification"));
    }

    [Fact]
    public async Task Forms_HandedIn_AreMeasuredAndNameNobody()
    {
        await PostAsync($$"""{"studentUniqueId":"s1","safeguarding":false,"items":{"1":4,"2":4,"3":3,"4":4},"note":"{{FormApp.Canary}} is quiet"}""");
        await PostAsync("""{"studentUniqueId":"s1","safeguarding":true,"items":{}}""", "k2");
        await app.PageAsync("/observations");
        // What somebody types into the address bar is no concern of the trace either.
        using var typed = await app.Client.GetAsync($"/cases/{FormApp.Canary}?name={FormApp.Canary}");
        var mailbox = app.Get<FolderMailbox>();
        await Harness.UntilAsync(() => mailbox.Sent().Count > 0 && recorded.Spans().Exists(a => a.DisplayName == "RunScreening"));
        await app.Get<DistrictWatch>().LookAsync(default);
        await RecordedTelemetry.FlushAsync(app);

        foreach (var name in (string[])["schoolsignal.work.lag", "schoolsignal.work.duration", "schoolsignal.notification.delivery", "schoolsignal.concern.rounds", "schoolsignal.feeds.stale", "schoolsignal.failures", "schoolsignal.queue.depth"])
            Assert.True(recorded.Metrics.Exists(metric => metric.Name == name), $"{name} was not measured");

        var student = (await app.KeyAsync("s1")).ToString();
        var everything = recorded.Text();
        output.WriteLine($"{recorded.Spans().Count} spans, {recorded.Metrics.Count} metrics, {everything.Length:N0} characters searched");
        foreach (var secret in (string[])[FormApp.Canary, "Ada", student, "school.example", "is quiet"])
            Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void AddTelemetry_UnknownWord_IsRefused()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new Microsoft.Extensions.DependencyInjection.ServiceCollection().AddTelemetry(Harness.Configuration(("SCHOOLSIGNAL_TELEMETRY", "yes"))));
        Assert.Contains("console", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The spans of the form that was handed in. The test's own call begins the trace.</summary>
    private List<Activity> Trace()
    {
        var spans = recorded.Spans();
        var form = spans.Find(a => a.Kind == ActivityKind.Server && a.DisplayName == "POST api/observations");
        return form is null ? [] : [.. spans.Where(a => a.TraceId == form.TraceId && a.Kind != ActivityKind.Client)];
    }

    private static bool IsWhole(List<Activity> trace) =>
        trace.Exists(a => Equals(a.GetTagItem("schoolsignal.kind"), "notification"))
        && trace.TrueForAll(a => a.Kind == ActivityKind.Server || trace.Exists(parent => parent.SpanId == a.ParentSpanId));

    private async Task PostAsync(string json, string key = "k1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/observations") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await app.Client.SendAsync(request);
        Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }
}
