using System.Diagnostics;
using System.Globalization;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Import;

/// <summary>A million register rows into a store that already holds 150 days, in both shapes.</summary>
public static class ImportBenchmark
{
    /// <summary>The hidden mode of the child process in which one side's memory is measured by itself.</summary>
    public const string ChildMode = "import-once";

    public static void Run(BenchmarkOptions options, Report report)
    {
        foreach (var full in (ImportShape[])[ImportShape.ManyDays, ImportShape.OneDay])
        {
            var shape = options.Quick ? full.Tenth() : full;
            var feed = FeedFile.Ensure(options.Work, shape);
            var what = string.Create(CultureInfo.InvariantCulture, $"import {shape.Pupils:N0} pupils × {shape.Days} days");
            DuckDb(options, report, what, shape, feed);
        }
    }

    private static void DuckDb(BenchmarkOptions options, Report report, string what, ImportShape shape, string feed)
    {
        var start = Stopwatch.GetTimestamp();
        var store = DuckDbImport.EnsureStore(options.Work, shape);
        Console.Error.WriteLine($"DuckDB store of {new FileInfo(store).Length / 1e6:F0} MB ready after {Report.Text(Stopwatch.GetElapsedTime(start))}");
        var peak = ChildPeak(DuckDbImport.Copy(store), feed);
        var runs = new List<DuckDbImported>();
        for (var i = 0; i <= options.Runs; i++) runs.Add(DuckDbImport.Run(DuckDbImport.Copy(store), feed));
        runs.RemoveAt(0);
        var found = string.Join(", ", runs[0].Counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")));
        report.Add(what, "DuckDB, committed", Timing.From(runs.Select(r => r.Committed)), peak, found);
        report.Add(what, "DuckDB, committed and checkpointed", Timing.From(runs.Select(r => r.Checkpointed)));
    }

    private static double ChildPeak(string database, string feed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[ChildMode, "duckdb", database, feed]) start.ArgumentList.Add(argument);
        using var child = Process.Start(start)!;
        var peak = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0) throw new InvalidOperationException($"The child ended with {child.ExitCode}.");
        return double.Parse(peak, CultureInfo.InvariantCulture);
    }

    /// <summary>In the child: one import, then the peak memory in MB on stdout.</summary>
    public static int RunOnce(IReadOnlyList<string> args)
    {
        if (args is not [_, "duckdb", var database, var feed]) return 2;
        DuckDbImport.Run(database, feed);
        Console.Out.WriteLine(PeakMemory.Megabytes().ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
