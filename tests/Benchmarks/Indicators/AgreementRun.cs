using System.Globalization;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>The agreement of register engine and SQL on a large awkward district and on the very district that is timed.</summary>
public static class AgreementRun
{
    public static void Run(BenchmarkOptions options, Report report)
    {
        var pupils = options.Quick ? 2_000 : 20_000;
        foreach (var shape in (DistrictShape[])[new(pupils, PupilsPerSchool: 83, Seed: 7, Awkward: true), new(pupils)])
            foreach (var asOf in (DateOnly[])[new(2025, 10, 3), new(2026, 2, 14), SyntheticCalendar.Year.LastDay])
            {
                var found = Agreement.Check(shape, asOf);
                foreach (var example in found.Disagreements.GroupBy(d => d.What).SelectMany(g => g.Take(3))) Console.Error.WriteLine(example);
                report.AddResult(
                    string.Create(CultureInfo.InvariantCulture, $"agreement, {(shape.Awkward ? "awkward" : "plain")} district, {found.Pupils:N0} pupils as of {asOf:yyyy-MM-dd}, {found.Indicators} indicators, {found.RulesFired:N0} rules fired"),
                    string.Create(CultureInfo.InvariantCulture, $"{found.Disagreements.Count} disagreements"));
            }
    }
}
