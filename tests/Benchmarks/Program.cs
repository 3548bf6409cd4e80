using SchoolSignal.Benchmarks;
using SchoolSignal.Benchmarks.Auditing;
using SchoolSignal.Benchmarks.Forms;
using SchoolSignal.Benchmarks.Import;
using SchoolSignal.Benchmarks.Indicators;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Benchmarks.Peak;
using SchoolSignal.Benchmarks.Rules;
using SchoolSignal.Benchmarks.Runs;
using SchoolSignal.Benchmarks.Suppression;
using SchoolSignal.Benchmarks.Worklists;

if (args is [ImportBenchmark.ChildMode, ..]) return ImportBenchmark.RunOnce(args);
if (args is [StoreScreening.ChildMode, ..]) return StoreScreening.RunOnce(args);
if (BenchmarkOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

Directory.CreateDirectory(options.Work);
var report = new Report();
(string Mode, Action<BenchmarkOptions, Report> Run)[] benchmarks =
[
    ("import", ImportBenchmark.Run),
    ("screen", ScreenBenchmark.Run),
    ("agreement", AgreementRun.Run),
    ("rules", RulesBenchmark.Run),
    ("scale", ScaleBenchmark.Run),
    ("rescreen", RescreenBenchmark.Run),
    ("audit", AuditBenchmark.Run),
    ("forms", FormsBenchmark.Run),
    ("worklist", WorklistBenchmark.Run),
    ("peak", PeakBenchmark.Run),
    ("suppress", SuppressionBenchmark.Run),
    ("count", CountingBenchmark.Run),
];
var chosen = benchmarks.Where(b => options.Mode == "all" || b.Mode == options.Mode).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

foreach (var (_, run) in chosen) run(options, report);
Console.Out.Write(report.ToMarkdown($"dotnet run -c Release --project tests/Benchmarks -- {string.Join(' ', args)}"));
return 0;
