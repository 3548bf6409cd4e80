using System.Diagnostics;
using System.Globalization;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Benchmarks.Import;

/// <summary>A million register rows into a store that already holds 150 days, in both shapes, both sides in turn; and ten
/// million for memory.</summary>
public static class ImportBenchmark
{
    /// <summary>The hidden mode of the child process in which one side's memory is measured by itself.</summary>
    public const string ChildMode = "import-once";

    /// <summary>A method is compiled anew after thirty calls and again with what was learned; the splitter is called once a feed.</summary>
    private const int WarmUps = 8;

    public static void Run(BenchmarkOptions options, Report report)
    {
        foreach (var full in (ImportShape[])[ImportShape.ManyDays, ImportShape.OneDay])
        {
            var shape = options.Quick ? full.Tenth() : full;
            if (options.Shape is { } only && only != shape.Name) continue;
            Compare(options, report, shape, FeedFile.Ensure(options.Work, shape));
        }
        var ten = options.Quick ? ImportShape.TenMillion.Tenth() : ImportShape.TenMillion;
        if (options.Shape is { } wanted && wanted != ten.Name) return;
        var store = LocalStore.EnsureAsync(options.Work, ten).GetAwaiter().GetResult();
        var feed = FeedFile.Ensure(options.Work, ten);
        var start = Stopwatch.GetTimestamp();
        var (peak, _) = Child("local", LocalStore.Copy(store), feed);
        report.AddOnce(What(ten), "SchoolSignal, process start to end", Stopwatch.GetElapsedTime(start), peak, "for its memory");
    }

    private static void Compare(BenchmarkOptions options, Report report, ImportShape shape, string feed)
    {
        var ourStore = LocalStore.EnsureAsync(options.Work, shape).GetAwaiter().GetResult();
        var theirStore = DuckDbImport.EnsureStore(options.Work, shape);
        Console.Error.WriteLine($"stores for {shape.Name} are ready");
        var ours = new List<LocalImported>();
        var theirs = new List<DuckDbImported>();
        // Warm both: ours until the hot paths are compiled for good, theirs until its file lies in memory.
        for (var i = 0; i < WarmUps; i++) LocalImport.RunAsync(LocalStore.Copy(ourStore), feed).GetAwaiter().GetResult();
        for (var i = 0; i <= options.Runs; i++)
        {
            theirs.Add(DuckDbImport.Run(DuckDbImport.Copy(theirStore), feed));
            ours.Add(LocalImport.RunAsync(LocalStore.Copy(ourStore), feed).GetAwaiter().GetResult());
        }
        theirs.RemoveAt(0);
        ours.RemoveAt(0);

        var what = What(shape);
        var us = Timing.From(ours.Select(r => r.Complete));
        var them = Timing.From(theirs.Select(r => r.Committed));
        var (ourPeak, ourFirst) = Child("local", LocalStore.Copy(ourStore), feed);
        var (theirPeak, theirFirst) = Child("duckdb", DuckDbImport.Copy(theirStore), feed);
        report.Add(what, "SchoolSignal, complete and durable", us, ourPeak, Found(ours[0].Report));
        report.Add(what, "SchoolSignal, of which until received", Timing.From(ours.Select(r => r.Received)));
        report.Add(what, "SchoolSignal, of which until split", Timing.From(ours.Select(r => r.Split)));
        report.Add(what, "SchoolSignal, processor time", Timing.From(ours.Select(r => r.Cpu)));
        report.Add(what, "DuckDB, committed", them, theirPeak, Found(theirs[0].Counts));
        report.Add(what, "DuckDB, committed and checkpointed", Timing.From(theirs.Select(r => r.Checkpointed)));
        report.AddOnce(what, "SchoolSignal, first import of a process", ourFirst, ourPeak, "not yet compiled");
        report.AddOnce(what, "DuckDB, first import of a process", theirFirst, theirPeak, "");
        report.AddResult(what + ": DuckDB committed ÷ ours", Report.Times(us.TimesFasterThan(them)));
    }

    private static string What(ImportShape shape) => string.Create(CultureInfo.InvariantCulture, $"import {shape.Pupils:N0} pupils × {shape.Days} days");

    private static string Found(FeedReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"applied {report.Changed:N0}, outside calendar {report.OutsideCalendar:N0}, unknown pupils {report.UnknownStudents:N0}, unknown codes {report.Status.UnknownCodes.Values.Sum():N0}");

    private static string Found(IReadOnlyDictionary<string, long> counts) => string.Join(
        ", ", counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")));

    private static (double Peak, TimeSpan Time) Child(string side, string database, string feed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[ChildMode, side, database, feed]) start.ArgumentList.Add(argument);
        using var child = Process.Start(start)!;
        var said = child.StandardOutput.ReadToEnd().Split(' ');
        child.WaitForExit();
        if (child.ExitCode != 0) throw new InvalidOperationException($"The child ended with {child.ExitCode}.");
        return (double.Parse(said[0], CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(double.Parse(said[1], CultureInfo.InvariantCulture)));
    }

    /// <summary>In the child: one import, then the peak memory in MB and the import's milliseconds on stdout. With "phases": our side alone, again and again, for a profiler.</summary>
    public static int RunOnce(IReadOnlyList<string> args)
    {
        var took = TimeSpan.Zero;
        switch (args)
        {
            case [_, "duckdb", var database, var feed]:
                took = DuckDbImport.Run(database, feed).Committed;
                break;
            case [_, "local", var folder, var feed]:
                took = LocalImport.RunAsync(folder, feed).GetAwaiter().GetResult().Complete;
                break;
            case [_, "phases", var store, var feed, var runs]:
                for (var run = 0; run < int.Parse(runs, CultureInfo.InvariantCulture); run++)
                {
                    var done = LocalImport.RunAsync(LocalStore.Copy(store), feed).GetAwaiter().GetResult();
                    took = done.Complete;
                    Console.Error.WriteLine($"received {done.Received.TotalMilliseconds:F0} split {done.Split.TotalMilliseconds:F0} complete {took.TotalMilliseconds:F0} processor {done.Cpu.TotalMilliseconds:F0} ms");
                }
                break;
            default:
                return 2;
        }
        Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{PeakMemory.Megabytes()} {took.TotalMilliseconds}"));
        return 0;
    }
}
