using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Import;
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

/// <summary>The whole app on a free port over a district's store, with a teacher who teaches everybody.</summary>
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

    public static async Task<FormsApp> StartAsync(BenchmarkOptions options)
    {
        var shape = options.Quick ? ImportShape.ManyDays.Tenth() : ImportShape.ManyDays;
        var folder = LocalStore.Copy(await LocalStore.EnsureAsync(options.Work, shape));
        var teacher = new Teacher();
        var host = LocalHost.Build(new LocalOptions(folder, LocalStore.District, Port: 0), configure: services =>
        {
            services.AddSingleton<TimeProvider>(new DemoClock(new DateTimeOffset(StoreScreening.AsOf, new TimeOnly(12, 0), TimeSpan.Zero)));
            services.AddSingleton<ICallerResolver>(teacher);
            services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning));
        });
        await host.StartAsync();
        await OpenAsync(host.Services);
        var (pupils, classes) = await EnrolAsync(host.Services, shape);
        teacher.Classes = classes;
        return new FormsApp(host, new HttpClient { BaseAddress = LocalHost.AddressOf(host) }, pupils);
    }

    /// <summary>Points enough that the result is kept also of a pupil who recovers.</summary>
    public async Task SubmitAsync(Pupil pupil)
    {
        var json = $$"""{"studentUniqueId":"{{ImportShape.StudentUniqueId(pupil.Number)}}","safeguarding":false,"items":{"1":4,"2":4,"3":3,"4":1,"5":3,"6":0,"7":1,"8":3,"9":2,"10":2,"11":3,"12":0,"13":1},"note":"Quieter than in autumn."}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/observations") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
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
    private static async Task<(List<Pupil>, List<SchoolClass>)> EnrolAsync(IServiceProvider services, ImportShape shape)
    {
        const int wanted = 25_000;
        var pupils = new List<Pupil>();
        var classes = new List<SchoolClass>();
        for (var school = 0; school < shape.Schools && pupils.Count < wanted; school++)
        {
            var id = SchoolId.Parse(ImportShape.SchoolId(school));
            var roll = await services.GetRequiredService<SchoolRolls>().LoadAsync(id, SyntheticCalendar.Year, CancellationToken.None);
            var here = roll.Pupils().Select(p => new Pupil(int.Parse(roll.IdAt(p.SlotIndex), CultureInfo.InvariantCulture) - 1_000_000, p.Slot.Student, id)).ToList();
            pupils.AddRange(here);
            var of = new SchoolClass(id, ClassId.Parse("all"));
            await services.GetRequiredService<ClassStore>().SaveAsync(
                new ClassRoll(of, "All", [.. here.Select(p => new ClassPlace(p.Student, null, null))]), CancellationToken.None);
            classes.Add(of);
        }
        // So that no wave finds a school's pages in a cache of its own making.
        return ([.. pupils.OrderBy(p => p.Number)], classes);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.StopAsync();
        host.Dispose();
    }

    private sealed class Teacher : ICallerResolver
    {
        public IReadOnlyList<SchoolClass> Classes { get; set; } = [];

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(
            new Caller(StaffId.Parse("teacher"), new HashSet<Role> { Role.Teacher }, Classes.Select(c => c.School).ToHashSet()) { Classes = Classes });
    }
}
