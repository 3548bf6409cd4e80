using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Benchmarks.Import;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Benchmarks.Auditing;

/// <summary>What the audit costs whoever waits for it: a disclosure written durably, with one and with fifty people at work;
/// and how fast a year of it is verified.</summary>
public static class AuditBenchmark
{
    private const int People = 50;
    private static readonly SchoolId School = SchoolId.Parse("s1");

    public static void Run(BenchmarkOptions options, Report report) => RunAsync(options, report).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var folder = Path.Combine(options.Work, "schoolsignal-audit");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        await using var app = LocalStore.Open(folder);
        var log = app.GetRequiredService<DisclosureLog>();
        await DiscloseAsync(log, 5, 40);

        var each = options.Quick ? 40 : 400;
        await LatencyAsync(report, log, 1, each);
        await LatencyAsync(report, log, People, each);

        var entries = options.Quick ? 50_000 : 500_000;
        var start = Stopwatch.GetTimestamp();
        await DiscloseAsync(log, 500, entries / 500);
        report.AddOnce(
            string.Create(CultureInfo.InvariantCulture, $"append {entries:N0} disclosures durably, 500 at once"), "SchoolSignal", Stopwatch.GetElapsedTime(start),
            note: PerSecond(entries, start));
        await app.GetRequiredService<AuditSeals>().SealAsync(CancellationToken.None);

        start = Stopwatch.GetTimestamp();
        var found = await app.GetRequiredService<AuditVerifier>().VerifyAsync(null, null, null, CancellationToken.None);
        report.AddOnce(
            string.Create(CultureInfo.InvariantCulture, $"verify {found.Entries:N0} entries"), "SchoolSignal", Stopwatch.GetElapsedTime(start), PeakMemory.Megabytes(),
            $"{PerSecond(found.Entries, start)}, {(found.IsWhole ? "whole" : "NOT WHOLE")}");
    }

    private static async Task LatencyAsync(Report report, DisclosureLog log, int people, int each)
    {
        var taken = await DiscloseAsync(log, people, each);
        report.Add(
            string.Create(CultureInfo.InvariantCulture, $"one disclosure written durably, {people} at work"), "SchoolSignal", Timing.From(taken),
            note: $"95 % within {Report.Text(taken.Order().ElementAt(taken.Count * 95 / 100))}, 99 % within {Report.Text(taken.Order().ElementAt(taken.Count * 99 / 100))}");
    }

    private static async Task<List<TimeSpan>> DiscloseAsync(DisclosureLog log, int people, int each)
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, people).Select(person => Task.Run(async () =>
        {
            var authority = new Authority(AuditActor.Staff($"staff-{person}"), [Role.Counsellor], AccessReason.OwnCaseload);
            var times = new List<TimeSpan>(each);
            for (var i = 0; i < each; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await log.ReadAsync(authority, AuditAction.ReadCase, StudentKey.New(), School, Guid.NewGuid().ToString("N"), CancellationToken.None);
                times.Add(Stopwatch.GetElapsedTime(start));
            }
            return times;
        })));
        return [.. taken.SelectMany(t => t)];
    }

    private static string PerSecond(long entries, long start) =>
        string.Create(CultureInfo.InvariantCulture, $"{entries / Stopwatch.GetElapsedTime(start).TotalSeconds:N0} a second");
}
