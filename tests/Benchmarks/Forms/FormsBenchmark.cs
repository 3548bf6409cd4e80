using System.Diagnostics;
using System.Globalization;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Forms;

/// <summary>Fifty teachers at once: how long from sending a form until the pupil's result says so, and how many forms a second can
/// be handed in, beside a bare endpoint that does one insert. Both are driven by the same client in the same process.</summary>
public static class FormsBenchmark
{
    private const int Teachers = 50;
    private const int Waves = 20;

    /// <summary>Of each teacher, before anything is measured.</summary>
    private const int WarmUpForms = 120;

    /// <summary>Between two looks: rare enough that looking takes no part of the machine worth naming, so each time is up to this too long.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public static void Run(BenchmarkOptions options, Report report) => RunAsync(options, report).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var app = await FormsApp.StartAsync(options);
        await using var bare = await BareEndpoint.StartAsync(options.Work);
        var pupils = new Queue<FormsApp.Pupil>(app.Pupils);

        // A second observer's day later would be another form: here each pupil is written about once.
        // A school's server has been up since the morning: its code is compiled by the time fifty teachers come at once.
        var warmUp = Take(pupils, Teachers * (options.Quick ? WarmUpForms / 4 : WarmUpForms));
        await FiftyAsync(warmUp, app.SubmitAsync);
        await app.ScreenedAsync(warmUp);
        for (var i = 0; i < 2; i++) await WaveAsync(app, Take(pupils, Teachers));
        var taken = new List<TimeSpan>();
        for (var i = 0; i < (options.Quick ? Waves / 4 : Waves); i++) taken.AddRange(await WaveAsync(app, Take(pupils, Teachers)));
        taken.Sort();
        report.Add(
            "a form sent to the pupil's result written, 50 at once", "SchoolSignal", Timing.From(taken),
            note: $"95 % within {Report.Text(taken[taken.Count * 95 / 100])} (under 100 ms)");

        var each = options.Quick ? 20 : 40;
        var (accepted, screened, inserts, work) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var run = 0; run <= options.Runs && pupils.Count >= Teachers * each; run++)
        {
            var start = Stopwatch.GetTimestamp();
            await FiftyAsync(Take(pupils: null, Teachers * each), pupil => bare.InsertAsync(pupil.Number));
            var insertRate = RateSince(start, Teachers * each);
            var forms = Take(pupils, Teachers * each);
            var workBefore = Environment.CpuUsage.TotalTime;
            start = Stopwatch.GetTimestamp();
            await FiftyAsync(forms, app.SubmitAsync);
            var acceptedRate = RateSince(start, forms.Count);
            await app.ScreenedAsync(forms);
            var screenedRate = RateSince(start, forms.Count);
            var worked = (Environment.CpuUsage.TotalTime - workBefore) / forms.Count;
            // The first run warms up.
            if (run == 0) continue;
            inserts.Add(insertRate);
            accepted.Add(acceptedRate);
            screened.Add(screenedRate);
            work.Add(worked.TotalMilliseconds);
        }
        report.AddResult("a bare endpoint's inserts a second, one commit each, 50 at once", Rate(inserts));
        report.AddResult("forms accepted a second, screening beside it, 50 at once", $"{Rate(accepted)}, {Report.Times(Median(accepted) / Median(inserts))} the bare endpoint (at least 0.5)");
        report.AddResult("forms accepted and screened a second, until the last result stands", $"{Rate(screened)}, {Report.Times(Median(screened) / Median(inserts))}");
        report.AddResult("processor time a form, its sending included", string.Create(CultureInfo.InvariantCulture, $"{Median(work):N2} ms"));
    }

    /// <summary>All of them at the same moment; for each the time until its result stands.</summary>
    private static async Task<List<TimeSpan>> WaveAsync(FormsApp app, List<FormsApp.Pupil> wave)
    {
        var start = Stopwatch.GetTimestamp();
        var sent = wave.Select(pupil => app.SubmitAsync(pupil)).ToList();
        var done = new List<TimeSpan>();
        var open = wave.ToList();
        while (open.Count > 0)
        {
            for (var i = open.Count - 1; i >= 0; i--)
            {
                if (!await app.IsScreenedAsync(open[i])) continue;
                done.Add(Stopwatch.GetElapsedTime(start));
                open.RemoveAt(i);
            }
            await Task.Delay(Look);
        }
        await Task.WhenAll(sent);
        return done;
    }

    private static Task FiftyAsync(List<FormsApp.Pupil> work, Func<FormsApp.Pupil, Task> send) =>
        Task.WhenAll(work.Chunk(work.Count / Teachers).Select(async part =>
        {
            foreach (var one in part) await send(one);
        }));

    private static double RateSince(long start, int count) => count / Stopwatch.GetElapsedTime(start).TotalSeconds;

    private static List<FormsApp.Pupil> Take(Queue<FormsApp.Pupil>? pupils, int count) =>
        [.. Enumerable.Range(0, count).Select(i => pupils?.Dequeue() ?? new FormsApp.Pupil(i, default, default))];

    private static double Median(List<double> rates) => rates.Order().ElementAt(rates.Count / 2);

    private static string Rate(List<double> rates) => string.Create(CultureInfo.InvariantCulture, $"{Median(rates):N0}");
}
