using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Import;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Benchmarks.Runs;

/// <summary>Every pupil of a large embedded store screened, school by school, two schools at a time, in a process of its
/// own. Results are looked at and let go: memory holds two schools, however many there are.</summary>
internal static class StoreScreening
{
    /// <summary>The hidden mode of the child process.</summary>
    public const string ChildMode = "screen-store";

    /// <summary>The last day the generated store holds a register of.</summary>
    public static readonly DateOnly AsOf = ImportShape.Calendar[ImportShape.HistoryDays - 1];

    private const int Workers = 2;

    public static void Run(BenchmarkOptions options, Report report)
    {
        foreach (var full in (ImportShape[])[ImportShape.ManyDays, ImportShape.OneDay])
        {
            var shape = options.Quick ? full.Tenth() : full;
            var folder = LocalStore.Copy(LocalStore.EnsureAsync(options.Work, shape).GetAwaiter().GetResult());
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            foreach (var argument in (string[])[ChildMode, folder, shape.Schools.ToString(CultureInfo.InvariantCulture)]) start.ArgumentList.Add(argument);
            using var child = Process.Start(start)!;
            var found = child.StandardOutput.ReadToEnd().Split(' ');
            child.WaitForExit();
            if (child.ExitCode != 0) throw new InvalidOperationException($"The child ended with {child.ExitCode}.");
            report.AddOnce(
                string.Create(CultureInfo.InvariantCulture, $"screen {shape.Pupils:N0} pupils × {ImportShape.HistoryDays} days from the store"), "SchoolSignal",
                TimeSpan.FromSeconds(double.Parse(found[1], CultureInfo.InvariantCulture)), double.Parse(found[2], CultureInfo.InvariantCulture),
                $"{found[0]} results, none kept");
        }
    }

    /// <summary>In the child: pupils, seconds and peak megabytes on stdout.</summary>
    public static int RunOnce(IReadOnlyList<string> args)
    {
        if (args is not [_, var folder, var schools]) return 2;
        RunOnceAsync(folder, int.Parse(schools, CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task RunOnceAsync(string folder, int schools)
    {
        await using var app = LocalStore.Open(folder);
        await SetLegalBasisAsync(app);
        var baseline = app.GetRequiredService<BaselineUpdate>();
        var runs = app.GetRequiredService<ScreeningRuns>();
        var pupils = 0;
        var ids = Enumerable.Range(0, schools).Select(number => SchoolId.Parse(ImportShape.SchoolId(number))).ToList();
        var twoAtOnce = new ParallelOptions { MaxDegreeOfParallelism = Workers };
        await Parallel.ForEachAsync(ids, twoAtOnce, async (school, cancel) => await baseline.UpdateAsync(
            BaselineUpdate.RecountOf(LocalStore.District, school, SyntheticCalendar.Year), SchoolYear.DefaultFirstMonth, cancel));

        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(ids, twoAtOnce, async (school, cancel) =>
            Interlocked.Add(ref pupils, (await runs.ScreenSchoolAsync(school, SyntheticCalendar.Year, AsOf, save: false, cancel)).Results.Count));
        var taken = Stopwatch.GetElapsedTime(start);
        Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{pupils} {taken.TotalSeconds} {PeakMemory.Megabytes()}"));
    }

    public static async Task SetLegalBasisAsync(ServiceProvider app) => await app.GetRequiredService<DistrictSettingsStore>().ChangeAsync(
        (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "Made-up pupils.") }), CancellationToken.None);
}
