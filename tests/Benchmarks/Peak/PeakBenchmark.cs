using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Benchmarks.Forms;
using SchoolSignal.Benchmarks.Import;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Benchmarks.Runs;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;

namespace SchoolSignal.Benchmarks.Peak;

/// <summary>What a register, a form and a night ask of the services, counted at the ports; then mornings of three sizes simulated from
/// it (docs/scale.md).</summary>
public static class PeakBenchmark
{
    /// <summary>A name of its own among the stores: twenty schools of five hundred.</summary>
    private static readonly ImportShape Shape = new(10_000, 1, 20);

    /// <summary>Registers that are counted; the ones before warm the process up.</summary>
    private const int WarmUp = 8;
    private const int Counted = 10;

    /// <summary>Of a request to a service of the same region; a few milliseconds are usual, this is a slow morning.</summary>
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(10);

    public static void Run(BenchmarkOptions options, Report report) => RunAsync(options, report).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var folder = LocalStore.Copy(await LocalStore.EnsureAsync(options.Work, Shape));
        var register = await RegisterAsync(folder, report);
        await NightAsync(folder, report);
        await FormAsync(options, report);
        Sizes(folder, report);
        foreach (var pupils in (int[])[10_000, 1_000_000, 50_000_000])
        {
            Simulate($"{pupils:N0} pupils, registers from 9:00 to 9:30", PeakSimulation.NineToHalfPast(pupils / 500, seed: 1), register, Platform.FlexConsumption, report);
            Simulate($"{pupils:N0} pupils, every register at once", new double[pupils / 500], register, Platform.FlexConsumption, report);
        }
        Simulate("50,000,000 pupils on ten storage accounts, registers from 9:00 to 9:30", PeakSimulation.NineToHalfPast(100_000, seed: 1), register,
            Platform.FlexConsumption with { Most = 1_000, StorageRate = 200_000 }, report);
    }

    private static async Task<RegisterWork> RegisterAsync(string folder, Report report)
    {
        var usage = new Usage(Latency);
        await using var app = LocalStore.Open(folder, services => usage.Register(services, Path.Combine(folder, "archive")));
        await StoreScreening.SetLegalBasisAsync(app);
        var (before, processor, start) = (usage.Now, TimeSpan.Zero, 0L);
        for (var school = 0; school < WarmUp + Counted; school++)
        {
            if (school == WarmUp) (before, processor, start) = (usage.Now, Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
            using var file = new MemoryStream(Encoding.UTF8.GetBytes(FileOf(school)));
            await app.GetRequiredService<FeedIntake>().ReceiveAsync(
                file, new FeedRequest(FeedContent.Attendance) { Kind = FeedKind.Register }, long.MaxValue, null, CancellationToken.None);
            await app.GetRequiredService<QueuePump>().RunUntilAsync(_ => ValueTask.FromResult(false), CancellationToken.None);
        }
        processor = (Process.GetCurrentProcess().TotalProcessorTime - processor) / Counted;
        var wall = Stopwatch.GetElapsedTime(start) / Counted;
        var asked = Each(usage.Now - before, Counted);
        report.AddResult(
            "a school's register of 500 pupils, received to screened",
            $"{Text(asked)}; {Report.Text(processor)} of a processor, {Report.Text(wall)} where each request takes {Report.Text(Latency)}");
        return new RegisterWork((int)Math.Max(1, asked.Messages), processor, wall - processor, (int)(asked.Tables + asked.Files));
    }

    private static async Task NightAsync(string folder, Report report)
    {
        var usage = new Usage();
        await using var app = LocalStore.Open(folder, services => usage.Register(services, Path.Combine(folder, "archive")));
        var runs = app.GetRequiredService<Domain.Screening.Runs.ScreeningRuns>();
        var (before, started) = (usage.Now, TimeSpan.Zero);
        for (var school = 0; school < Shape.Schools; school++)
        {
            if (school == Shape.Schools - Counted) (before, started) = (usage.Now, Process.GetCurrentProcess().TotalProcessorTime);
            await runs.ScreenSchoolAsync(
                SchoolId.Parse(ImportShape.SchoolId(school)), Generation.SyntheticCalendar.Year, StoreScreening.AsOf, save: true, CancellationToken.None);
        }
        var processor = (Process.GetCurrentProcess().TotalProcessorTime - started) / Counted;
        report.AddResult("a night's screening of a school of 500", $"{Text(Each(usage.Now - before, Counted))}; {Report.Text(processor)} of a processor");
    }

    private static async Task FormAsync(BenchmarkOptions options, Report report)
    {
        const int Forms = 50;
        var usage = new Usage();
        await using var app = await FormsApp.StartAsync(options with { Quick = true }, usage);
        var before = usage.Now;
        foreach (var pupil in app.Pupils.Take(Forms)) await app.SubmitAsync(pupil);
        await app.ScreenedAsync([.. app.Pupils.Take(Forms)]);
        // What follows a screening (projection, alert, audit) ends within a second.
        await Task.Delay(TimeSpan.FromSeconds(2));
        report.AddResult("a form, received to screened, audited and on the worklist", Text(Each(usage.Now - before, Forms)));
    }

    /// <summary>The rows of a store with 150 days of history and one day more.</summary>
    private static void Sizes(string folder, Report report)
    {
        using var database = new SqliteConnection($"Data Source={Directory.EnumerateFiles(folder, "*.db").First()};Mode=ReadOnly;Pooling=False");
        database.Open();
        using var select = database.CreateCommand();
        select.CommandText = "SELECT p.table_name, count(*), sum(length(e.key) + length(e.body)) FROM entry e JOIN partition p ON p.id = e.partition GROUP BY 1 ORDER BY 3 DESC";
        using var read = select.ExecuteReader();
        while (read.Read())
            report.AddResult($"table {read.GetString(0)}, {Shape.Pupils:N0} pupils × {ImportShape.HistoryDays} days",
                string.Create(CultureInfo.InvariantCulture, $"{read.GetInt64(1):N0} rows, {read.GetInt64(2) / 1e6:N1} MB: {read.GetInt64(2) / (double)Shape.Pupils:N0} bytes a pupil"));
    }

    private static void Simulate(string what, IReadOnlyList<double> arrivals, RegisterWork work, Platform platform, Report report)
    {
        var morning = PeakSimulation.Run(arrivals, work, platform);
        report.AddResult(what, string.Create(CultureInfo.InvariantCulture,
            $"screened {Report.Text(morning.Median)} after it came (95 % {Report.Text(morning.Within95)}, longest {Report.Text(morning.Longest)}), the last {Report.Text(morning.Last)} after the last came; {morning.Instances} instances, {morning.InstanceTime.TotalHours:F1} instance hours, at most {morning.Backlog:N0} messages waiting, {morning.StorageRequests:N0} storage requests a second"));
    }

    private static string FileOf(int school)
    {
        var file = new StringBuilder("date,schoolId,studentUniqueId,code\n");
        var day = ImportShape.Calendar[ImportShape.HistoryDays];
        for (var pupil = school; pupil < Shape.Pupils; pupil += Shape.Schools)
            file.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{ImportShape.SchoolId(school)},{ImportShape.StudentUniqueId(pupil)},{(pupil % 14 == 0 ? 'I' : '/')}\n");
        return file.ToString();
    }

    private static Requests Each(Requests all, long by) => new(all.Reads / by, all.Commits / by, all.Rows / by, all.Bytes / by, all.Messages / by, all.Files / by);

    private static string Text(Requests each) => string.Create(CultureInfo.InvariantCulture,
        $"{each.Reads} reads, {each.Commits} commits of {each.Rows} rows ({each.Bytes / 1000.0:N1} kB), {each.Messages} messages, {each.Files} files");
}
