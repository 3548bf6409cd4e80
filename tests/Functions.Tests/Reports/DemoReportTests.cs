using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Functions.Hosting.Local.Commands;
using SchoolSignal.Functions.Tests.Commands;

namespace SchoolSignal.Functions.Tests.Reports;

/// <summary>The demo district's own reports, by the real pipeline and suppressor.</summary>
public sealed class DemoReportTests : IDisposable
{
    private readonly Cli cli = new();

    [Fact]
    public async Task Demo_Reports_AreReleasedWithLittleHiddenAndEveryProofHolds()
    {
        var ended = await cli.RunAsync("demo", "--no-serve");
        Assert.True(ended.Code == 0, ended.Error);
        using var host = LocalHost.Build(new LocalOptions(cli.Data, DistrictId.Parse(CommonOptions.DefaultDistrict), Port: 0) { SurvivesPowerCut = false }.OnTestStore());
        var (reports, archive) = (host.Services.GetRequiredService<ReportStore>(), host.Services.GetRequiredService<ReportArchive>());
        var all = await reports.BetweenAsync(DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None);
        var released = all.Select(r => r.Report).Where(r => r.State == ReportState.Released).OrderBy(r => r.Published).ToList();
        Assert.Equal((8, 1), (released.Count(r => r.Period.Kind == PeriodKind.Week), released.Count(r => r.Period.Kind == PeriodKind.Term)));
        // One waits for whoever looks at the demo.
        Assert.Single(all, r => r.Report.State == ReportState.Computed);

        var facts = new List<ReportFact>();
        var earlier = new List<PublishedRelease>();
        var (hidden, witnesses) = (0, 0);
        foreach (var report in released)
        {
            var content = await archive.ReadReleasedAsync(report.Id, CancellationToken.None);
            facts.AddRange(ReportFacts.Of(content));
            var check = CertificateVerifier.Verify(content.ToPublished(), (await archive.ReadCertificateAsync(report.Id, CancellationToken.None))!, earlier);
            Assert.True(check.Holds, $"{report.Key}: {string.Join('\n', check.Findings)}");
            (hidden, witnesses) = (hidden + check.Hidden, witnesses + check.Witnesses);
            earlier.Add(content.ToPublished());
        }
        await StoreSwitch.ShowArchiveAsync(cli.Data);
        // The files as they lie in the archive, to whoever does not trust the program that wrote them.
        foreach (var report in released)
        {
            var verified = await cli.RunAsync("reports", "verify", Path.Combine(cli.Data, "archive", "reports", report.Key, "certificate.json"));
            Assert.True(verified.Code == 0, verified.Output + verified.Error);
        }
        var main = facts.Where(f => f.Measure is "pupilsScreened" or "pupilsAtLevel" or "sessionsAttended" or "sessionsAbsent" or "attendanceRate").ToList();
        var ofDistrict = Shown(main.Where(f => f.School is null));
        var ofSchools = Shown(main.Where(f => f.School is not null && f.Measure is "sessionsAttended" or "sessionsAbsent" or "attendanceRate"));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{released.Count} reports: {ofDistrict:P1} of the district's numbers of pupils screened, levels and attendance shown, {ofSchools:P1} of the schools' attendance; {hidden} hidden numbers proved open by {witnesses} tables.");
        Assert.True(ofDistrict >= 0.95, $"{ofDistrict:P1} of the district's numbers are shown.");
        Assert.True(ofSchools >= 0.80, $"{ofSchools:P1} of the schools' attendance is shown.");

        var texts = string.Join('\n', Directory.EnumerateFiles(Path.Combine(cli.Data, "archive", "reports"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        foreach (var story in DemoDistrict.Create(new DemoOptions()).Stories)
        {
            Assert.DoesNotContain(story.Student.Value, texts, StringComparison.Ordinal);
            Assert.DoesNotContain(story.FamilyName, texts, StringComparison.Ordinal);
        }
    }

    private static double Shown(IEnumerable<ReportFact> facts)
    {
        var list = facts.ToList();
        return (double)list.Count(f => f.State == FactState.Shown) / list.Count;
    }

    public void Dispose() => cli.Dispose();
}
