using System.Diagnostics;
using System.Globalization;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Benchmarks.Suppression;

/// <summary>The last week of a year, which is also a term's end, suppressed and certified against the 51 weeks before it.</summary>
public static class SuppressionBenchmark
{
    private const int Weeks = 52;

    public static void Run(BenchmarkOptions options, Report report)
    {
        var district = new SuppressionDistrict(options.Quick ? 20 : 200);
        var policy = new SuppressionPolicy();
        var earlier = new List<PublishedRelease>();
        var folder = Directory.CreateDirectory(Path.Combine(options.Work, options.Quick ? "suppress-quick" : "suppress"));
        for (var week = 1; week < Weeks; week++) earlier.Add(Earlier(folder, district.Week(week), earlier, policy));

        var release = district.Week(Weeks);
        var begun = Stopwatch.GetTimestamp();
        var result = Protect(release, earlier, policy);
        var took = Stopwatch.GetElapsedTime(begun);
        var summary = result.Summary;
        report.AddOnce(
            string.Create(CultureInfo.InvariantCulture, $"week {Weeks} suppressed and certified, {earlier.Count} earlier releases"), "SchoolSignal", took, PeakMemory.Megabytes(),
            string.Create(CultureInfo.InvariantCulture, $"{summary.Cells:N0} cells, hidden {summary.Primary:N0} by the rule and {summary.Complementary:N0} beside it, tables hidden whole {summary.HiddenWhole.Count}"));

        var file = ReleaseFile.Write(result.Release, result.Certificate);
        begun = Stopwatch.GetTimestamp();
        var check = CertificateVerifier.Verify(result.Release, result.Certificate, earlier);
        report.AddOnce(
            "its certificate re-checked", "SchoolSignal", Stopwatch.GetElapsedTime(begun),
            note: string.Create(CultureInfo.InvariantCulture, $"{(check.Holds ? "holds" : "DOES NOT HOLD")}, {check.Hidden:N0} hidden cells, {check.Witnesses:N0} tables of {(check.WholeNumbers ? "whole numbers" : "fractions")}, file {file.Length / 1024.0 / 1024:0.0} MB"));
    }

    /// <summary>A week before the last, kept in the work folder: the whole year takes some minutes.</summary>
    private static PublishedRelease Earlier(DirectoryInfo folder, Release release, List<PublishedRelease> earlier, SuppressionPolicy policy)
    {
        var file = Path.Combine(folder.FullName, release.Name + ".json");
        if (File.Exists(file) && ReleaseFile.Read(File.ReadAllBytes(file)) is ReleaseFileRead.Read kept) return kept.Release;
        var made = Protect(release, earlier, policy);
        File.WriteAllBytes(file, ReleaseFile.Write(made.Release, made.Certificate));
        Console.Error.WriteLine($"{release.Name}: {made.Summary.Elapsed.TotalSeconds:0.0} s");
        return made.Release;
    }

    private static ProtectionResult.Protected Protect(Release release, List<PublishedRelease> earlier, SuppressionPolicy policy) =>
        SmallCellSuppression.Protect(release, earlier, policy) switch
        {
            ProtectionResult.Protected done => done,
            ProtectionResult.Refused refused => throw new InvalidOperationException($"{release.Name}: {refused.Reasons[0]}"),
            _ => throw new InvalidOperationException("An unknown outcome."),
        };
}
