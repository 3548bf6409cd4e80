using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Import;
using SchoolSignal.Benchmarks.Peak;
using SchoolSignal.Benchmarks.Runs;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;

namespace SchoolSignal.Benchmarks.Forms;

/// <summary>The whole app on a free port over a district's store, with a teacher at each school who teaches all of its classes.</summary>
internal sealed class FormsApp : IAsyncDisposable
{
    private readonly IHost host;
    private readonly HttpClient client;

    private FormsApp(IHost host, HttpClient client, IReadOnlyList<Pupil> pupils)
    {
        this.host = host;
        this.client = client;
        Pupils = pupils;
    }

    /// <param name="Number">Of the id: see <see cref="ImportShape.StudentUniqueId"/>.</param>
    public sealed record Pupil(int Number, StudentKey Student, SchoolId School);

    public IReadOnlyList<Pupil> Pupils { get; }

    /// <param name="usage">Counts what the ports are asked for.</param>
    public static async Task<FormsApp> StartAsync(BenchmarkOptions options, Usage? usage = null)
    {
        var shape = options.Quick ? ImportShape.ManyDays.Tenth() : ImportShape.ManyDays;
        var folder = LocalStore.Copy(await LocalStore.EnsureAsync(options.Work, shape));
        var teachers = new Teachers();
        var host = LocalHost.Build(new LocalOptions(folder, LocalStore.District, Port: 0), configure: services =>
        {
            services.AddSingleton<TimeProvider>(new DemoClock(new DateTimeOffset(StoreScreening.AsOf, new TimeOnly(12, 0), TimeSpan.Zero)));
            services.AddSingleton<ICallerResolver>(teachers);
            services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning));
            usage?.Register(services, Path.Combine(folder, "archive"));
        });
        await host.StartAsync();
        await OpenAsync(host.Services);
        var pupils = await EnrolAsync(host.Services, shape, teachers);
        return new FormsApp(host, new HttpClient { BaseAddress = LocalHost.AddressOf(host) }, pupils);
    }

    /// <summary>Points enough that the result is kept also of a pupil who recovers.</summary>
    public async Task SubmitAsync(Pupil pupil)
    {
        var json = $$"""{"studentUniqueId":"{{ImportShape.StudentUniqueId(pupil.Number)}}","safeguarding":false,"items":{"1":4,"2":4,"3":3,"4":1,"5":3,"6":0,"7":1,"8":3,"9":2,"10":2,"11":3,"12":0,"13":1},"note":"Quieter than in autumn."}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/observations") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", pupil.School.Value);
        request.Headers.Add("Idempotency-Key", pupil.Number.ToString(CultureInfo.InvariantCulture));
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Whether the pupil's result stands on the form.</summary>
    public async Task<bool> IsScreenedAsync(Pupil pupil) =>
        await host.Services.GetRequiredService<ReferralStore>().FindResultAsync(pupil.School, pupil.Student, CancellationToken.None) is { } stored
        && stored.Result.Triggers.Any(t => t.RuleId == "observed.withdrawing");

    public async Task ScreenedAsync(IReadOnlyList<Pupil> pupils)
    {
        foreach (var pupil in pupils)
            while (!await IsScreenedAsync(pupil)) await Task.Delay(1);
    }

    private static async Task OpenAsync(IServiceProvider services)
    {
        await services.GetRequiredService<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "Made-up pupils.") }), CancellationToken.None);
        await services.GetRequiredService<SafeguardingContactStore>().SetDistrictAsync(
            new SafeguardingContact("The contact", "555-0100"), new SchoolSafeguarding(null, null, null, null), CancellationToken.None);
    }

    /// <summary>Everybody of the first schools, in classes of thirty.</summary>
    private static async Task<List<Pupil>> EnrolAsync(IServiceProvider services, ImportShape shape, Teachers teachers)
    {
        const int wanted = 25_000;
        const int size = 30;
        var pupils = new List<Pupil>();
        for (var school = 0; school < shape.Schools && pupils.Count < wanted; school++)
        {
            var id = SchoolId.Parse(ImportShape.SchoolId(school));
            var roll = await services.GetRequiredService<SchoolRolls>().LoadAsync(id, SyntheticCalendar.Year, CancellationToken.None);
            var here = roll.Pupils().Select(p => new Pupil(int.Parse(roll.IdAt(p.SlotIndex), CultureInfo.InvariantCulture) - 1_000_000, p.Slot.Student, id)).ToList();
            pupils.AddRange(here);
            var classes = new List<SchoolClass>();
            foreach (var part in here.Chunk(size))
            {
                classes.Add(new SchoolClass(id, ClassId.Parse(string.Create(CultureInfo.InvariantCulture, $"c{classes.Count}"))));
                await services.GetRequiredService<ClassStore>().SaveAsync(
                    new ClassRoll(classes[^1], "A class", [.. part.Select(p => new ClassPlace(p.Student, null, null))]), CancellationToken.None);
            }
            teachers.Add(id, classes);
        }
        // By number: neighbours are of different schools, as fifty teachers are.
        return [.. pupils.OrderBy(p => p.Number)];
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>Knows a teacher by the school that stands in the place of a token.</summary>
    private sealed class Teachers : ICallerResolver
    {
        private readonly Dictionary<string, Caller> known = [];

        public void Add(SchoolId school, IReadOnlyList<SchoolClass> classes) => known[$"Bearer {school}"] =
            new Caller(StaffId.Parse($"teacher-{school}"), new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { school }) { Classes = classes };

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) =>
            ValueTask.FromResult(known.GetValueOrDefault(traces.Authorization, Caller.Nobody));
    }
}
