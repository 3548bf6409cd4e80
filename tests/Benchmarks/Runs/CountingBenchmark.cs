using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Import;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using Report = SchoolSignal.Benchmarks.Measuring.Report;

namespace SchoolSignal.Benchmarks.Runs;

/// <summary>A week of a large district counted for its report, two schools at a time as a queue's workers do, and made into a report. Run it by itself: its
/// peak memory is the process's.</summary>
public static class CountingBenchmark
{
    private const int Workers = 2;

    public static void Run(BenchmarkOptions options, Report report) => RunAsync(options, report).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var shape = options.Quick ? ImportShape.ManyDays : ImportShape.OneDay;
        var folder = LocalStore.Copy(await LocalStore.EnsureAsync(options.Work, shape));
        await using var app = LocalStore.Open(folder);
        await StoreScreening.SetLegalBasisAsync(app);
        var baseline = app.GetRequiredService<BaselineUpdate>();
        var twoAtOnce = new ParallelOptions { MaxDegreeOfParallelism = Workers };
        await Parallel.ForEachAsync(Enumerable.Range(0, shape.Schools), twoAtOnce, async (number, cancel) => await baseline.UpdateAsync(
            BaselineUpdate.RecountOf(LocalStore.District, SchoolId.Parse(ImportShape.SchoolId(number)), SyntheticCalendar.Year), SchoolYear.DefaultFirstMonth, cancel));

        var counting = app.GetRequiredService<PeriodCounting>();
        var queue = app.GetRequiredService<SqliteMessageQueue>();
        var week = ReportPeriod.WeekOf(StoreScreening.AsOf);
        var peakBefore = PeakMemory.Megabytes();
        var start = Stopwatch.GetTimestamp();
        if (!await counting.AskAsync(week, CancellationToken.None)) throw new InvalidOperationException("Nothing is counted.");
        FinishedCount? finished = null;
        var messages = 0;
        while (await queue.ReceiveAsync(QueueName.Screenings, 100, TimeSpan.FromMinutes(5), CancellationToken.None) is { Count: > 0 } received)
            await Parallel.ForEachAsync(received, twoAtOnce, async (message, cancel) =>
            {
                var envelope = Envelope.Parse(message.Body);
                if (envelope.Kind is PeriodCounting.SchoolKind or PeriodCounting.ReferralsKind)
                {
                    Interlocked.Increment(ref messages);
                    if (await counting.CountAsync(envelope, cancel) is { } whole) finished = whole;
                }
                await queue.CompleteAsync(message, cancel);
            });
        var counted = Stopwatch.GetElapsedTime(start);
        var screened = finished!.Counts.Schools.Sum(s => s.Levels.Sum());
        report.AddOnce(
            string.Create(CultureInfo.InvariantCulture, $"a week of {shape.Pupils:N0} pupils in {shape.Schools} schools counted"), "SchoolSignal", counted, PeakMemory.Megabytes(),
            string.Create(CultureInfo.InvariantCulture, $"{screened:N0} screened, {messages} messages; {peakBefore:F0} MB before"));

        start = Stopwatch.GetTimestamp();
        await app.GetRequiredService<ReportDrafts>().MakeAsync(finished, CancellationToken.None);
        report.AddOnce("the same protected and laid down as a report", "SchoolSignal", Stopwatch.GetElapsedTime(start), PeakMemory.Megabytes());
    }
}
