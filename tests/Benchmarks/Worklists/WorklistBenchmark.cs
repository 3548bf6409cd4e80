using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Benchmarks.Worklists;

/// <summary>A counsellor opens a worklist of 200 referrals: how long the answer takes over a loopback connection, and how many bytes it
/// has. Each look is audited before it is shown, as it is at work.</summary>
public static class WorklistBenchmark
{
    private const int Referrals = 200;
    private const int WarmUps = 200;
    private const int Looks = 400;

    private static readonly SchoolId School = SchoolId.Parse("oakfield");
    private static readonly DateOnly Today = new(2026, 3, 19);

    public static void Run(BenchmarkOptions options, Report report) => RunAsync(options, report).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        using var folder = new TempFolder();
        using var host = LocalHost.Build(new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0), configure: services =>
        {
            services.AddSingleton<TimeProvider>(new DemoClock(new DateTimeOffset(Today, new TimeOnly(9, 0), TimeSpan.Zero)));
            services.AddSingleton<ICallerResolver>(new Counsellor());
            services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning));
        });
        await host.StartAsync();
        for (var i = 0; i < Referrals; i++) await ReferAsync(host.Services, i);

        using var client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
        for (var i = 0; i < WarmUps; i++) await LookAsync(client);
        var taken = new List<TimeSpan>();
        var bytes = 0;
        for (var i = 0; i < (options.Quick ? Looks / 10 : Looks); i++)
        {
            var start = Stopwatch.GetTimestamp();
            bytes = await LookAsync(client);
            taken.Add(Stopwatch.GetElapsedTime(start));
        }
        taken.Sort();
        report.Add(
            $"a worklist of {Referrals} referrals, asked for to received", "SchoolSignal", Timing.From(taken),
            note: $"95 % within {Report.Text(taken[taken.Count * 95 / 100])} (under 50 ms)");
        report.AddResult("its bytes over the wire", string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} (under 60,000)"));
        await host.StopAsync();
    }

    private static async Task<int> LookAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/worklist");
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Accept-Encoding", "br");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadAsByteArrayAsync()).Length;
    }

    private static async Task ReferAsync(IServiceProvider services, int number)
    {
        var naming = new StudentNaming(StudentUniqueId.Parse(string.Create(CultureInfo.InvariantCulture, $"p{number}")), $"Pupil{number}", $"Family{number * 7 % 97}");
        await services.GetRequiredService<Enrollments>().EnrollAsync(
            [new EnrollmentStatement(naming, new Enrollment(School, new DateOnly(2025, 9, 1), null, "7"))], EnrollmentMode.Roster, 8, CancellationToken.None);
        var student = (await services.GetRequiredService<StudentDirectory>().FindAsync(naming.UniqueId, CancellationToken.None))!.Value;
        var level = number % 5 == 0 ? Level.High : Level.Raised;
        var triggers = RuleSet.Starting.Rules.Take(2 + (number % 5)).Select(rule => new Trigger(
            rule.Id, rule.Family, "last45AbsenceRate", 0.2m + (number % 60 / 100m), 0.20m, Today.AddDays(-60), Today,
            [.. Enumerable.Range(1, 12).Select(day => Today.AddDays(-3 * day))], rule.Points, false, rule.ClearsWhen)).ToList();
        var result = new ScreeningResult(student, School, Today, level, triggers.Sum(t => t.Points), null, triggers, [], 0.97m, RuleSet.Starting.Version);
        var change = (ReferralChange.Made)await services.GetRequiredService<ReferralStore>().ApplyAsync(result, _ => result, DistrictCapacity.Unlimited, CancellationToken.None);
        await services.GetRequiredService<WorklistProjection>().ProjectAsync(change.After, CancellationToken.None);
    }

    /// <summary>Whoever asks.</summary>
    private sealed class Counsellor : ICallerResolver
    {
        private static readonly Caller Ann = new(StaffId.Parse("ann"), new HashSet<Role> { Role.Counsellor }, new HashSet<SchoolId> { School }) { Name = "Ann Counsel" };

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(Ann);
    }
}
