using System.Globalization;
using System.Runtime.InteropServices;

namespace SchoolSignal.Benchmarks.Measuring;

/// <summary>What the figures were taken on; no host name or user.</summary>
public static class Machine
{
    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} cores, {memory:F0} GB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription} {RuntimeInformation.ProcessArchitecture}");
    }

    private static string Processor()
    {
        const string info = "/proc/cpuinfo";
        if (!File.Exists(info)) return "processor not named";
        var line = File.ReadLines(info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? "processor not named" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
