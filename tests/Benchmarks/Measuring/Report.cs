using System.Globalization;
using System.Text;

namespace SchoolSignal.Benchmarks.Measuring;

/// <summary>The lines of the table in docs/benchmarks.md. A line is shown on stderr as soon as it is known.</summary>
public sealed class Report
{
    private readonly List<string> lines = [];

    public void Add(string what, string who, Timing timing, double? peakMegabytes = null, string note = "") =>
        Line(what, who, $"{Text(timing.Median)} ({Text(timing.Fastest)}–{Text(timing.Slowest)}, {timing.Runs} runs)", peakMegabytes, note);

    public void AddOnce(string what, string who, TimeSpan taken, double? peakMegabytes = null, string note = "") =>
        Line(what, who, Text(taken) + " (one run)", peakMegabytes, note);

    public void AddResult(string what, string result) => Line(what, "", result, null, "");

    private void Line(string what, string who, string result, double? peakMegabytes, string note)
    {
        var memory = peakMegabytes is { } mb ? string.Create(CultureInfo.InvariantCulture, $"{mb:F0} MB") : "";
        var line = $"| {what} | {who} | {result} | {memory} | {note} |";
        lines.Add(line);
        Console.Error.WriteLine(line);
    }

    public string ToMarkdown(string command)
    {
        var text = new StringBuilder();
        text.Append("Machine: ").AppendLine(Machine.Describe());
        text.Append("Command: `").Append(command).AppendLine("`").AppendLine();
        text.AppendLine("| what | who | median (fastest–slowest) | peak memory | note |").AppendLine("|---|---|---|---|---|");
        foreach (var line in lines) text.AppendLine(line);
        return text.ToString();
    }

    public static string Text(TimeSpan time) => time.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F1} ms");

    public static string Times(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:F1} ×");
}
