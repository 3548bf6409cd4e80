using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SchoolSignal.Testing.Graph;

/// <summary>A mail as Graph has it.</summary>
public sealed record FakeMail(string Id, string Key, string To, string Subject, string Body)
{
    public bool IsDraft { get; set; } = true;

    public int Deliveries { get; set; }
}

/// <summary>A call as it came in.</summary>
/// <param name="At">On the test's clock.</param>
public sealed record FakeCall(GraphCallKind Kind, DateTimeOffset At, string Subject, string Answer);

/// <summary>Microsoft Graph's part that the app calls, on a port of this machine: mail, Teams activity, To Do, batches. Its faults
/// are scripted; each request is checked against the shape Graph documents, and what is out of shape is answered 400 and noted.</summary>
public sealed class FakeGraph : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TimeProvider time;
    private readonly Func<GraphCallKind, int, GraphFault?> script;
    private readonly ConcurrentDictionary<GraphCallKind, int> counts = new();
    private readonly Lock gate = new();
    private DateTimeOffset restAskedAt;
    private DateTimeOffset restUntil;
    private int inFlight;

    private FakeGraph(TimeProvider time, Func<GraphCallKind, int, GraphFault?> script)
    {
        this.time = time;
        this.script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        Education = new FakeEducation(() => Service.AbsoluteUri);
        app.Run(HandleAsync);
    }

    /// <param name="script">The fault of the nth call (from 1) of a kind, or null.</param>
    /// <param name="underWay">See <see cref="UnderWay"/>.</param>
    public static async Task<FakeGraph> StartAsync(TimeProvider time, Func<GraphCallKind, int, GraphFault?>? script = null, TimeSpan? underWay = null)
    {
        var graph = new FakeGraph(time, script ?? ((_, _) => null)) { UnderWay = underWay ?? TimeSpan.FromSeconds(3) };
        await graph.app.StartAsync();
        return graph;
    }

    public Uri Service => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/v1.0");

    /// <summary>Schools, people and classes.</summary>
    public FakeEducation Education { get; }

    public ConcurrentDictionary<string, FakeMail> Mails { get; } = new();

    /// <summary>Every mail that left, with the moment.</summary>
    public ConcurrentQueue<(FakeMail Mail, DateTimeOffset At)> Delivered { get; } = new();

    public ConcurrentQueue<(string Person, string Type, string ChainId, string Text, string WebUrl)> Activities { get; } = new();

    public ConcurrentQueue<(string Person, string Key)> Tasks { get; } = new();

    public ConcurrentQueue<FakeCall> Calls { get; } = new();

    /// <summary>Requests out of shape, and requests sent before the rest asked for was over.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    public int MostInFlight { get; private set; }

    /// <summary>A call that was under way when the service asked for rest cannot be called back. On a fast clock and a busy machine that is
    /// long.</summary>
    public TimeSpan UnderWay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The most mails that left in any 60 seconds.</summary>
    public int MostAMinute()
    {
        var times = Delivered.Select(d => d.At).Order().ToList();
        return times.Count == 0 ? 0 : times.Max(start => times.Count(t => t >= start && t < start.AddMinutes(1)));
    }

    private async Task HandleAsync(HttpContext context)
    {
        lock (gate) MostInFlight = Math.Max(MostInFlight, ++inFlight);
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var request = new FakeRequest(
                context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value ?? "", body.ToArray(),
                context.Request.Headers.Authorization.ToString(), context.Request.Headers["Prefer"].ToString());
            var answer = await AnswerAsync(request, context);
            if (answer is null) return;
            context.Response.StatusCode = answer.Status;
            if (answer.RetryAfter is { } after) context.Response.Headers.RetryAfter = after;
            if (answer.Json is { } json)
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(json);
            }
        }
        finally
        {
            lock (gate) inFlight--;
        }
    }

    /// <returns>Null if the connection was broken.</returns>
    private async Task<FakeAnswer?> AnswerAsync(FakeRequest request, HttpContext context)
    {
        var call = GraphShapes.Read(request);
        if (call is null || GraphShapes.FaultOf(request, call) is { } fault && Violate($"{request.Method} {request.Path}: {fault}"))
        {
            if (call is null) Violate($"{request.Method} {request.Path}: no such call");
            return FakeAnswer.Error(400, "badRequest");
        }
        if (request.Authorization.Length == 0) return FakeAnswer.Error(401, "InvalidAuthenticationToken");
        var now = time.GetUtcNow();
        lock (gate)
            if (call.Kind is not (GraphCallKind.Teams or GraphCallKind.ToDoTask) && now < restUntil && now > restAskedAt + UnderWay) Violate($"{call.Kind} came before its Retry-After");
        if (call.Kind == GraphCallKind.Batch) return await BatchAsync(call, context);
        var (answer, broken) = await WithFaultAsync(call, now);
        if (broken) context.Abort();
        return broken ? null : answer;
    }

    private bool Violate(string what)
    {
        Violations.Enqueue(what);
        return true;
    }

    private async Task<(FakeAnswer Answer, bool Broken)> WithFaultAsync(GraphCall call, DateTimeOffset now)
    {
        var fault = script(call.Kind, counts.AddOrUpdate(call.Kind, 1, (_, n) => n + 1));
        var done = fault is null or GraphFault.ErrorThoughDone or GraphFault.AcceptedWithRest or GraphFault.Hang { Done: true } or GraphFault.Reset { Done: true };
        var answer = done ? Do(call, now) : FakeAnswer.Error(500, "notDone");
        Calls.Enqueue(new FakeCall(call.Kind, now, call.Subject, fault?.GetType().Name ?? "Done"));
        switch (fault)
        {
            case GraphFault.Throttle throttle:
                // A date in a header is of whole seconds.
                Rest(throttle.AsDate ? now + throttle.For - TimeSpan.FromSeconds(1) : now + throttle.For);
                return (FakeAnswer.Error(429, "ApplicationThrottled") with { RetryAfter = RetryAfter(throttle.For, throttle.AsDate) }, false);
            case GraphFault.Error error:
                return (FakeAnswer.Error(error.Status, "serviceError"), false);
            case GraphFault.ErrorThoughDone error:
                return (FakeAnswer.Error(error.Status, "serviceError"), false);
            case GraphFault.AcceptedWithRest rest:
                Rest(now + rest.For);
                return (answer with { RetryAfter = RetryAfter(rest.For, asDate: false) }, false);
            case GraphFault.Hang hang:
                await Task.Delay(hang.For, time);
                return (answer, false);
            case GraphFault.Reset:
                return (answer, true);
            case GraphFault.TokenExpired:
                return (FakeAnswer.Error(401, "InvalidAuthenticationToken"), false);
            default:
                return (answer, false);
        }
    }

    private void Rest(DateTimeOffset until)
    {
        lock (gate)
        {
            restUntil = until > restUntil ? until : restUntil;
            restAskedAt = time.GetUtcNow();
        }
    }

    private string RetryAfter(TimeSpan wait, bool asDate) => asDate
        ? (time.GetUtcNow() + wait).ToString("R", CultureInfo.InvariantCulture)
        : ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private async Task<FakeAnswer> BatchAsync(GraphCall batch, HttpContext context)
    {
        Calls.Enqueue(new FakeCall(GraphCallKind.Batch, time.GetUtcNow(), "", "Done"));
        var answers = new List<string>();
        foreach (var step in batch.Body!.RootElement.GetProperty("requests").EnumerateArray())
        {
            var url = step.GetProperty("url").GetString()!;
            var at = url.IndexOf('?', StringComparison.Ordinal);
            var inner = new FakeRequest(
                step.GetProperty("method").GetString()!, "/v1.0" + (at < 0 ? url : url[..at]), at < 0 ? "" : url[at..], [],
                context.Request.Headers.Authorization.ToString(), "IdType=\"ImmutableId\"");
            var call = GraphShapes.Read(inner);
            if (call is null) Violate($"in a batch: {inner.Method} {inner.Path}");
            var (answer, _) = call is null ? (FakeAnswer.Error(400, "badRequest"), false) : await WithFaultAsync(call, time.GetUtcNow());
            var headers = answer.RetryAfter is { } after ? $$"""{"Retry-After":"{{after}}","Content-Type":"application/json"}""" : """{"Content-Type":"application/json"}""";
            answers.Add($$"""{"id":"{{step.GetProperty("id").GetString()}}","status":{{answer.Status}},"headers":{{headers}},"body":{{answer.Json ?? "null"}} }""");
        }
        return new FakeAnswer(200, $$"""{"responses":[{{string.Join(',', answers)}}] }""");
    }

    private FakeAnswer Do(GraphCall call, DateTimeOffset now) => call.Kind switch
    {
        GraphCallKind.Draft => Draft(call.Body!.RootElement),
        GraphCallKind.Send => Send(call.Subject, now),
        GraphCallKind.Find => Find(call.Subject),
        GraphCallKind.Teams => Activity(call),
        GraphCallKind.ToDoLists => new FakeAnswer(200, """{"value":[{"id":"default-list","wellknownListName":"defaultList"}]}"""),
        GraphCallKind.ToDoTask => AddTask(call),
        GraphCallKind.ToDoFind => FindTasks(call.Subject),
        GraphCallKind.Roster => Education.Answer(call.Subject.Split('?')[0], call.Subject.Contains('?', StringComparison.Ordinal) ? call.Subject[call.Subject.IndexOf('?', StringComparison.Ordinal)..] : ""),
        _ => FakeAnswer.Error(404, "itemNotFound"),
    };

    private FakeAnswer Draft(JsonElement body)
    {
        var mail = new FakeMail(
            Guid.NewGuid().ToString("N"), body.GetProperty("singleValueExtendedProperties")[0].GetProperty("value").GetString()!,
            body.GetProperty("toRecipients")[0].GetProperty("emailAddress").GetProperty("address").GetString()!,
            body.GetProperty("subject").GetString()!, body.GetProperty("body").GetProperty("content").GetString()!);
        Mails[mail.Id] = mail;
        return new FakeAnswer(201, $$"""{"id":"{{mail.Id}}","isDraft":true}""");
    }

    private FakeAnswer Send(string id, DateTimeOffset now)
    {
        if (!Mails.TryGetValue(id, out var mail)) return FakeAnswer.Error(404, "ErrorItemNotFound");
        lock (gate)
        {
            if (!mail.IsDraft) return FakeAnswer.Error(400, "ErrorInvalidOperation");
            mail.IsDraft = false;
            mail.Deliveries++;
        }
        Delivered.Enqueue((mail, now));
        return new FakeAnswer(202, null);
    }

    private FakeAnswer Find(string key) =>
        FakeAnswer.Values(Mails.Values.Where(m => m.Key == key).Select(m => $$"""{"id":"{{m.Id}}","isDraft":{{(m.IsDraft ? "true" : "false")}} }"""));

    private FakeAnswer FindTasks(string person) =>
        FakeAnswer.Values(Tasks.Where(t => t.Person == person).Select(t => $$"""{"id":"t","linkedResources":[{"externalId":"{{t.Key}}"}] }"""));

    private FakeAnswer Activity(GraphCall call)
    {
        var body = call.Body!.RootElement;
        Activities.Enqueue((
            call.Subject, body.GetProperty("activityType").GetString()!, body.GetProperty("chainId").GetRawText(),
            body.GetProperty("previewText").GetProperty("content").GetString()!, body.GetProperty("topic").GetProperty("webUrl").GetString()!));
        return new FakeAnswer(204, null);
    }

    private FakeAnswer AddTask(GraphCall call)
    {
        Tasks.Enqueue((call.Subject, call.Body!.RootElement.GetProperty("linkedResources")[0].GetProperty("externalId").GetString()!));
        return new FakeAnswer(201, """{"id":"task"}""");
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

/// <summary>A request as it came in.</summary>
internal sealed record FakeRequest(string Method, string Path, string Query, byte[] Body, string Authorization, string Prefer);

/// <summary>An answer to give.</summary>
internal sealed record FakeAnswer(int Status, string? Json, string? RetryAfter = null)
{
    public static FakeAnswer Values(IEnumerable<string> items) => new(200, $$"""{"value":[{{string.Join(',', items)}}] }""");

    public static FakeAnswer Error(int status, string code) => new(status, $$"""{"error":{"code":"{{code}}","message":"A message that must not be logged."} }""");
}

/// <summary>A call that Graph documents.</summary>
/// <param name="Subject">The draft's id, the key looked up, or the person.</param>
internal sealed record GraphCall(GraphCallKind Kind, string Subject, JsonDocument? Body);
