using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Observations;

/// <summary>The whole app on a free port, with a school of twelve pupils in two classes, whom one teacher each teaches.</summary>
internal sealed partial class FormApp : IAsyncDisposable
{
    public static readonly DateOnly Today = new(2026, 2, 13);
    public static readonly SchoolId North = SchoolId.Parse("North");

    /// <summary>Names found nowhere else: none may stand in a log or an address.</summary>
    public const string Canary = "Quillon";

    private readonly TempFolder folder = new();
    private readonly Someone caller = new();
    private readonly CapturedLog log = new();
    private readonly IHost host;
    private HttpClient? client;

    /// <param name="configure">Registers more.</param>
    public FormApp(Action<IServiceCollection>? configure = null) => host = LocalHost.Build(
        new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false }.OnTestStore(),
        configure: services =>
        {
            services.AddSingleton<ICallerResolver>(caller);
            services.AddSingleton<TimeProvider>(new DemoClock(new DateTimeOffset(Today, new TimeOnly(12, 0), TimeSpan.Zero)));
            services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace).AddFilter<CapturedLog>(null, LogLevel.Trace));
            configure?.Invoke(services);
        });

    public HttpClient Client => client!;

    /// <summary>Every line, of the framework too, down to the finest.</summary>
    public IReadOnlyCollection<string> Log => log.Lines;

    /// <summary>Without the framework's own, which write addresses as they are typed: the app lets them out as warnings only.</summary>
    public IReadOnlyCollection<string> OwnLog => log.OwnLines;

    public T Get<T>() where T : notnull => host.Services.GetRequiredService<T>();

    public static Caller Green { get; } = Teacher("green", "7A");

    public static Caller Brown { get; } = Teacher("brown", "7B");

    public static Caller System { get; } = new(StaffId.Parse("app-form"), new HashSet<Role> { Role.ObservationsSubmit }, new HashSet<SchoolId>());

    /// <summary>Works no queue any longer; what is asked of its services is still answered.</summary>
    public Task StopAsync() => host.StopAsync();

    public void SignIn(Caller as_) => caller.Is = as_;

    public async Task StartAsync(bool isOpen = true)
    {
        await host.StartAsync();
        // Redirects are followed by the tests themselves: an address is looked at before it is gone to.
        client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = LocalHost.AddressOf(host) };
        await SendAsync(
            "studentUniqueId,schoolId,enrolDate,givenName,familyName\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"s{i},North,2025-09-01,{NameOf(i)}\n")), Roster);
        foreach (var (id, from) in new[] { ("7A", 1), ("7B", 7) })
        {
            var places = new List<ClassPlace>();
            for (var i = from; i < from + 6; i++) places.Add(new ClassPlace(await KeyAsync($"s{i}"), null, null));
            await Get<ClassStore>().SaveAsync(new ClassRoll(new SchoolClass(North, ClassId.Parse(id)), $"Class {id}", places), default);
        }
        await Get<StaffStore>().SaveAsync(
            new StaffMember(StaffId.Parse("green"), "t-1", "Ms Green", new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { North })
            {
                UserPrincipalName = "green@school.example",
                Classes = Green.Classes,
            }, null, default);
        if (isOpen) await OpenAsync();
        SignIn(Green);
    }

    public async Task OpenAsync()
    {
        await Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "A test's pupils.") }), default);
        await Get<SafeguardingContactStore>().SetDistrictAsync(
            new SafeguardingContact("Ms Hall", "555-0100"),
            new SchoolSafeguarding(new SafeguardingContact("Mr Lead", "555-0101"), null, new SafeguardingContact("Dr Head", "555-0102"), "911"), default);
    }

    /// <summary>Every weekday since December: all present, but for the first pupil's last five days.</summary>
    public async Task SendWeeksAsync()
    {
        var rows = new List<string>();
        for (var day = new DateOnly(2025, 12, 1); day <= Today; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                for (var i = 1; i <= 12; i++) rows.Add($"{day:yyyy-MM-dd},North,s{i},{(i == 1 && day > Today.AddDays(-5) ? "I" : "/")}\n");
        await SendAsync("date,schoolId,studentUniqueId,code\n" + string.Concat(rows), Register);
    }

    public async Task<StudentKey> KeyAsync(string id) => (await Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse(id), default))!.Value;

    public static string NameOf(int number) => number switch
    {
        1 => $"Ada,{Canary}",
        2 => "花子,山田",
        3 => "Zoë,<b>O'Hara</b>",
        _ => $"Pupil{number},{Canary}{number}",
    };

    /// <summary>Sends the answered form of a page: its hidden fields and what is given here.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var form = FormOf(page, action);
        var all = HiddenField().Matches(form).Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))
            .Where(f => !fields.Any(given => given.Name == f.Key)).ToList();
        all.AddRange(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await Client.PostAsync(action, new FormUrlEncodedContent(all));
    }

    /// <summary>Where an answer leads; the page there.</summary>
    public async Task<string> FollowAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return await PageAsync(answer.Headers.Location!.OriginalString);
    }

    public async Task<string> PageAsync(string address, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await Client.GetAsync(address);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {html}");
        return html;
    }

    /// <summary>To the empty form on a pupil of the teacher's first class.</summary>
    public async Task<string> OpenFormAsync(string name)
    {
        var choose = await PageAsync("/observations/new");
        var question = await FollowAsync(await PostAsync(choose, "/observations/new", ("pupil", ReferenceOf(choose, name))));
        return await FollowAsync(await PostAsync(question, "/observations/question", ("safeguarding", "no")));
    }

    /// <summary>All of it: choose, answer, look over, send.</summary>
    public async Task<string> HandInAsync(string name, string answers, string note = "")
    {
        var form = await OpenFormAsync(name);
        using var review = await PostAsync(form, "/observations/form", Typed(answers, note));
        var confirm = await review.Content.ReadAsStringAsync();
        return await FollowAsync(await PostAsync(confirm, "/observations/form", ("step", "send"), ("note", note)));
    }

    public static (string, string)[] Typed(string answers, string note = "") =>
        [.. answers.Select((c, i) => ($"item-{i + 1}", c.ToString())).Where(f => f.Item2 != "."), ("note", note), ("date", "2026-02-13"), ("step", "review")];

    public static string ReferenceOf(string page, string name) =>
        Regex.Match(page, $"value=\"([^\"]+)\"[^>]*>{Regex.Escape(name)}<").Groups[1].Value is { Length: > 0 } found ? found : throw new InvalidOperationException($"{name} is not on the page.");

    public Task ImportAsync(string content, FeedRequest request) => SendAsync(content, request);

    private async Task SendAsync(string content, FeedRequest request)
    {
        using var stream = new MemoryStream(global::System.Text.Encoding.UTF8.GetBytes(content));
        var result = await Get<FeedIntake>().ReceiveAsync(stream, request, long.MaxValue, null, default);
        var id = Assert.IsType<IntakeResult.Accepted>(result).Status.Id;
        await Local.Harness.UntilAsync(async () => (await Get<FeedStore>().ReportAsync(id, default))!.Status.State == FeedState.Complete);
    }

    private static string FormOf(string page, string action) =>
        Regex.Match(page, $"<form[^>]*action=\"{Regex.Escape(action)}\".*?</form>", RegexOptions.Singleline).Value;

    private static Caller Teacher(string id, string of) => new(StaffId.Parse(id), new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { North })
    {
        Classes = [new SchoolClass(North, ClassId.Parse(of))],
    };

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        await host.StopAsync();
        host.Dispose();
        folder.Dispose();
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();

    private sealed class Someone : ICallerResolver
    {
        public Caller Is { get; set; } = Caller.Nobody;

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(Is);
    }

    private sealed class CapturedLog : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ConcurrentQueue<string> OwnLines { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Category(this, categoryName.StartsWith("Microsoft.", StringComparison.Ordinal));

        public void Dispose()
        {
        }

        private sealed class Category(CapturedLog log, bool isFramework) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var line = formatter(state, exception) + exception;
                log.Lines.Enqueue(line);
                if (!isFramework || logLevel >= LogLevel.Warning) log.OwnLines.Enqueue(line);
            }
        }
    }
}
