using System.Diagnostics;
using System.Globalization;

namespace SchoolSignal.Benchmarks.Measuring;

/// <summary>The most memory this process has had resident, native memory included.</summary>
public static class PeakMemory
{
    /// <summary>Since the process began. Linux counts it in VmHWM; elsewhere the runtime's own figure is taken.</summary>
    public static double Megabytes()
    {
        const string status = "/proc/self/status";
        if (File.Exists(status))
            foreach (var line in File.ReadLines(status))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line[6..^2].Trim(), CultureInfo.InvariantCulture) / 1024.0;

        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / (1024.0 * 1024.0);
    }
}
