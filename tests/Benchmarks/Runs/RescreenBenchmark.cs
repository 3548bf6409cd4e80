using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Import;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Benchmarks.Runs;

/// <summary>One pupil screened anew over the embedded store, what changed written durably; then every pupil of a large
/// store, for memory.</summary>
public static class RescreenBenchmark
{
    private const int WarmUpPupils = 50;
    private const int Pupils = 400;

    public static void Run(BenchmarkOptions options, Report report)
    {
        OnePupilAsync(options, report).GetAwaiter().GetResult();
        StoreScreening.Run(options, report);
    }

    private static async Task OnePupilAsync(BenchmarkOptions options, Report report)
    {
        var folder = LocalStore.Copy(await LocalStore.EnsureAsync(options.Work, options.Quick ? ImportShape.ManyDays.Tenth() : ImportShape.ManyDays));
        await using var app = LocalStore.Open(folder);
        await StoreScreening.SetLegalBasisAsync(app);
        var (runs, settings) = (app.GetRequiredService<ScreeningRuns>(), app.GetRequiredService<DistrictSettingsStore>());
        var (kept, quiet) = (new List<TimeSpan>(), new List<TimeSpan>());
        foreach (var (student, number) in (await SomePupilsAsync(app)).Select((s, i) => (s, i)))
        {
            var start = Stopwatch.GetTimestamp();
            var result = await runs.ScreenPupilAsync(student, StoreScreening.AsOf, save: true, (await settings.ReadAsync(CancellationToken.None)).Settings, CancellationToken.None);
            var taken = Stopwatch.GetElapsedTime(start);
            if (number >= WarmUpPupils) (result!.Level == Level.None ? quiet : kept).Add(taken);
        }

        const string what = "re-screen one pupil over the store";
        report.Add(what, "SchoolSignal, result or referral written durably", Timing.From(kept), note: Slow(kept));
        report.Add(what, "SchoolSignal, nothing to write", Timing.From(quiet), note: Slow(quiet));
    }

    private static string Slow(List<TimeSpan> taken) =>
        $"95 % within {Report.Text(taken.Order().ElementAt(taken.Count * 95 / 100))} (under 5 ms)";

    /// <summary>A few of many schools, so that no run finds another's pages in a cache.</summary>
    private static async Task<List<StudentKey>> SomePupilsAsync(ServiceProvider app)
    {
        var rolls = app.GetRequiredService<SchoolRolls>();
        var pupils = new List<StudentKey>();
        for (var school = 0; pupils.Count < WarmUpPupils + Pupils; school++)
            pupils.AddRange((await rolls.LoadAsync(SchoolId.Parse(ImportShape.SchoolId(school)), SyntheticCalendar.Year, CancellationToken.None)).Pupils().Take(5).Select(p => p.Slot.Student));
        return pupils;
    }
}
