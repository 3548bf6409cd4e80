using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Privacy;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Domain.Screening;
using static SchoolSignal.Domain.Tests.Reports.Releases.ReportRig;

namespace SchoolSignal.Domain.Tests.Reports.Releases;

/// <summary>What a report shows: sums, hidden numbers with their proof, chance added, files and pages of numbers.</summary>
public sealed class ReportNumbersTests : IDisposable
{
    private static readonly string[] Counts =
        ["pupilsScreened", "pupilsAtLevel", "newSigns", "sessionsAttended", "sessionsAbsent", "referralsOpened", "referralsAcknowledged", "referralsClosed"];

    private readonly ReportRig rig = new();

    [Theory]
    [InlineData(ReportMode.Hide)]
    [InlineData(ReportMode.Noise)]
    public async Task Facts_OfRandomDistricts_SchoolsSumToTheDistrictAndLevelsToTheScreened(ReportMode mode)
    {
        var (sums, hidden) = (0, 0);
        for (var seed = 0; seed < 12; seed++)
        {
            using var other = new ReportRig();
            await other.Settings.SaveAsync(ReportSettings.Default with { Mode = mode }, null, CancellationToken.None);
            var random = new Random(seed);
            var schools = Enumerable.Range(0, random.Next(2, 6)).Select(i => School(
                $"s{i}", random.Next(0, 400), random.Next(0, 60), random.Next(0, 40), random.Next(0, 20), random.Next(0, 300), random.Next(0, 20))).ToList();
            var facts = await other.FactsAsync((await other.CountAsync(Week, schools))!.Value);
            hidden += facts.Count(f => f.State == FactState.Hidden);
            foreach (var cell in facts.Where(f => Counts.Contains(f.Measure)).GroupBy(f => (f.Measure, f.Category)))
                if (cell.All(f => f.State == FactState.Shown))
                {
                    sums++;
                    Assert.Equal(cell.Single(f => f.School is null).Value, cell.Where(f => f.School is not null).Sum(f => f.Value));
                }
            foreach (var place in facts.GroupBy(f => f.School))
            {
                var levels = place.Where(f => f.Measure == "pupilsAtLevel" && Enum.TryParse<Level>(f.Category, out _)).ToList();
                var all = place.Single(f => f.Measure == "pupilsScreened");
                if (levels.Append(all).Any(f => f.State != FactState.Shown)) continue;
                sums++;
                Assert.Equal(all.Value, levels.Sum(f => f.Value));
            }
        }
        Assert.True(sums > 60);
        TestContext.Current.TestOutputHelper!.WriteLine($"P7, {mode}: {sums} sums of shown numbers, all of them true; {hidden} numbers hidden.");
    }

    [Fact]
    public async Task Certificate_OfAReport_HoldsForItsPublishedNumbers()
    {
        var earlier = await rig.ReleaseAsync(Week, School("a", high: 4), School("b"), School("c", watch: 3));
        var id = await rig.ReleaseAsync(WeekAfter(1), School("a", high: 5), School("b"), School("c", watch: 2));
        var check = CertificateVerifier.Verify(
            (await rig.Archive.ReadAsync(id, CancellationToken.None)).ToPublished(),
            (await rig.Archive.ReadCertificateAsync(id, CancellationToken.None))!,
            [(await rig.Archive.ReadAsync(earlier, CancellationToken.None)).ToPublished()]);
        Assert.True(check.Holds, string.Join('\n', check.Findings));
        Assert.True(check.Hidden > 0);
        TestContext.Current.TestOutputHelper!.WriteLine($"{check.Cells} cells, {check.Hidden} hidden and proved open by {check.Witnesses} tables.");
    }

    [Fact]
    public async Task Facts_SmallNumbers_AreHiddenAndNeverRead()
    {
        var id = (await rig.CountAsync(Week, School("a", high: 4), School("b"), School("c", watch: 3)))!.Value;
        var facts = await rig.FactsAsync(id);
        Assert.DoesNotContain(facts, f => Counts.Contains(f.Measure) && f.Value is > 0 and < SuppressionPolicy.DefaultThreshold);
        Assert.Equal(FactState.Hidden, facts.Single(f => f is { Measure: "pupilsAtLevel", Category: "High", School: "a" }).State);
        // Together the two levels are large enough.
        Assert.Equal(34, facts.Single(f => f is { Measure: "pupilsAtLevel", Category: "RaisedOrHigh", School: "a" }).Value);
        Assert.All(facts, f => Assert.Equal(f.State == FactState.Shown, f.Value is not null));
    }

    /// <summary>That none of a school's pupils has a new sign, or all of them, says it of each.</summary>
    [Theory]
    [InlineData(0, false, null)]
    [InlineData(0, true, null)]
    [InlineData(370, false, null)]
    [InlineData(370, true, null)]
    // Those without a new sign are few.
    [InlineData(361, false, null)]
    [InlineData(360, false, 360L)]
    public async Task Facts_NewSignsOfNoneOrAll_AreHiddenWithProofAndTheDistrictsShown(int signs, bool ofTerm, long? shown)
    {
        var schools = new[] { School("a") with { NewSigns = [signs, 14, 12, 11] }, School("b"), School("c") };
        if (ofTerm) schools = [.. schools.Select(s => s with { LevelsByBand = [[0, 0, 0, 0], s.Levels, [0, 0, 0, 0], [0, 0, 0, 0]] })];
        var id = (await rig.CountAsync(ofTerm ? ReportPeriod.Term(Week.First.AddDays(-30), Week.Last) : Week, schools))!.Value;

        var facts = (await rig.FactsAsync(id)).Where(f => f is { Measure: "newSigns", Category: "Absence" }).ToDictionary(f => f.School ?? "");
        Assert.Equal((shown is null ? FactState.Hidden : FactState.Shown, shown), (facts["a"].State, facts["a"].Value));
        Assert.Equal(signs + 30, facts[""].Value);
        var content = await rig.Archive.ReadAsync(id, CancellationToken.None);
        Assert.Equal(370, new ReportNumbers(content).Pupils(SchoolId.Parse("a"), null));
        var check = CertificateVerifier.Verify(content.ToPublished(), (await rig.Archive.ReadCertificateAsync(id, CancellationToken.None))!, []);
        Assert.True(check.Holds, string.Join('\n', check.Findings));
    }

    /// <summary>Where nobody was screened, that nobody has a new sign is no news.</summary>
    [Fact]
    public async Task Facts_NewSignsOfNobody_AreShown()
    {
        var id = (await rig.CountAsync(Week, School("a", 0, 0, 0, 0), School("b"), School("c")))!.Value;
        Assert.All((await rig.FactsAsync(id)).Where(f => f is { Measure: "newSigns", School: "a" }), f => Assert.Equal(0, f.Value));
    }

    [Fact]
    public async Task Facts_SchoolThatCouldNotBeCounted_IsNotCountedRatherThanHidden()
    {
        var id = (await rig.CountAsync(Week, School("a"), School("b"), SchoolCounts.Empty(SchoolId.Parse("c"), CountState.StaleFeed, Week.First)))!.Value;
        var facts = (await rig.FactsAsync(id)).Where(f => f.School == "c").ToList();
        Assert.All(facts.Where(f => f.Measure is "pupilsScreened" or "pupilsAtLevel" or "newSigns" or "attendanceRate"), f => Assert.Equal(FactState.NotCounted, f.State));
        Assert.Equal(0, facts.Single(f => f.Measure == "referralsOpened").Value);
    }

    [Fact]
    public async Task Term_OfPublishedWeeks_SumsTheirReferralsAndShowsVerdicts()
    {
        await rig.ReleaseAsync(Week, School("a"), School("b"));
        await rig.ReleaseAsync(WeekAfter(1), School("a"), School("b"));
        var term = ReportPeriod.Term(Week.First.AddDays(-30), Week.Last.AddDays(20));
        var counts = School("a") with
        {
            LevelsByBand = [[0, 0, 0, 0], [280, 40, 30, 20], [0, 0, 0, 0], [0, 0, 0, 0]],
            Referrals = School("a").Referrals with { Opened = 40, Acknowledged = 45, Closed = 33, ByVerdict = [13, 0, 20, 0, 0, 0] },
        };
        var id = (await rig.CountAsync(term, counts, counts with { School = SchoolId.Parse("b") }))!.Value;
        var numbers = new ReportNumbers(await rig.Archive.ReadAsync(id, CancellationToken.None));
        Assert.Equal((80, 2), (numbers.Opened(null), numbers.Content.Weeks.Count));
        // A term's attendance is put together from its published weeks alone.
        Assert.Equal(94.4, Math.Round(numbers.Attendance(SchoolId.Parse("a"))!.Value, 1));
        Assert.Equal(370, numbers.Pupils(SchoolId.Parse("a"), null, GradeBand.ToGrade5));
        Assert.Equal((66, 40, null), (numbers.Closed(null), numbers.ClosedWith(null, Domain.Referrals.Verdict.NotAConcern), numbers.ClosedWith(null, Domain.Referrals.Verdict.DataError)));
    }

    [Theory]
    [InlineData("=HYPERLINK(1)")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("＝1")]
    [InlineData("a,\"b\"")]
    [InlineData("School #2")]
    [InlineData("100%")]
    [InlineData("district")]
    public async Task Csv_SchoolWithAnyId_IsNoFormulaAndIsShown(string school)
    {
        var id = (await rig.CountAsync(Week, School(school), School("b")))!.Value;
        await using var stream = await rig.Archive.OpenAsync(id, ReportArchive.CsvFile, CancellationToken.None);
        using var reader = new StreamReader(stream!, Encoding.UTF8);
        foreach (var line in (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split("\r\n"))
            Assert.DoesNotMatch("(^|,)\"?[=+@＝]", line);
        Assert.Contains(await rig.FactsAsync(id), f => f.School == school && f.State == FactState.Shown);
    }

    [Fact]
    public async Task Medians_FewAnswers_AreNotShown()
    {
        var few = School("a") with { Referrals = School("a").Referrals with { ContactedAfter = [9] } };
        var times = (await rig.Archive.ReadAsync((await rig.CountAsync(Week, few, School("b")))!.Value, CancellationToken.None)).Schools[0].Line.Times;
        Assert.Equal((1m, null), (times.Acknowledged, times.Contacted));
        // Ten stand behind it: the threshold itself is shown.
        var enough = few with { Referrals = few.Referrals with { ContactedAfter = [10] } };
        times = (await rig.Archive.ReadAsync((await rig.CountAsync(Week, enough, School("b")))!.Value, CancellationToken.None)).Schools[0].Line.Times;
        Assert.Equal(0m, times.Contacted);
        // Where it is hidden how many were acknowledged, that they are ten or more would tell of it.
        var hidden = enough with { Referrals = enough.Referrals with { Acknowledged = 3 } };
        times = (await rig.Archive.ReadAsync((await rig.CountAsync(Week, hidden, School("b")))!.Value, CancellationToken.None)).Schools[0].Line.Times;
        Assert.Equal(AnswerTimes.Hidden, times);
    }

    [Fact]
    public async Task Numbers_PageByPage_AreAllOfThemOnce()
    {
        await rig.ReleaseAsync(Week, School("a"), School("b"));
        await rig.ReleaseAsync(WeekAfter(1), School("a"), School("b"));
        var all = (await rig.Reading.NumbersAsync(DateOnly.MinValue, DateOnly.MaxValue, null, 5_000, CancellationToken.None))!.Facts;
        var pages = new List<ReportFact>();
        string? next = null;
        do
        {
            var page = (await rig.Reading.NumbersAsync(DateOnly.MinValue, DateOnly.MaxValue, next, 7, CancellationToken.None))!;
            Assert.InRange(page.Facts.Count, 1, 7);
            pages.AddRange(page.Facts);
            next = page.Next;
        }
        while (next is not null);
        Assert.Equal(all, pages);
        Assert.Null(await rig.Reading.NumbersAsync(DateOnly.MinValue, DateOnly.MaxValue, "nonsense", 7, CancellationToken.None));
    }

    [Fact]
    public async Task Noise_SameCounts_IsDrawnOnceAndPaidOnce()
    {
        await rig.Settings.SaveAsync(ReportSettings.Default with { Mode = ReportMode.Noise }, null, CancellationToken.None);
        var id = (await rig.CountAsync(Week, School("a", high: 4), School("b")))!.Value;
        var first = await rig.FactsAsync(id);
        var noise = (await rig.Archive.ReadAsync(id, CancellationToken.None)).Noise!;
        // New signs are one table, of four families that a pupil may all be in, at the school and in the district.
        Assert.Equal(["pupils", "referrals", "sessions", "signs"], noise.Keys.Order());
        Assert.Equal(2 * 4, noise[ReportTables.Signs].Sensitivity);
        Assert.All(first.Where(f => Counts.Contains(f.Measure)), f => Assert.Equal((FactState.Shown, true), (f.State, f.Margin > 0)));
        // Another report is published meanwhile, so this one is made ready anew: it is the same.
        await rig.ReleaseAsync(WeekAfter(1), School("a"), School("b"));
        Assert.Equal(ReportStepResult.Done, await rig.Desk.PreviewAsync(id, Person, CancellationToken.None));
        rig.Restart();
        Assert.Equal(first, await rig.FactsAsync(id));
        Assert.Equal(2, (await rig.Ledger.ReadAsync(new Domain.Calendars.SchoolYear(2026), CancellationToken.None)).Spendings.Count);
        Assert.Null(await rig.Archive.ReadCertificateAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Noise_PastTheYearsBudget_NothingIsMadeAndNothingSpent()
    {
        await rig.Settings.SaveAsync(new ReportSettings(ReportMode.Noise, 10, 1_000, 1_500), null, CancellationToken.None);
        await rig.ReleaseAsync(Week, School("a"), School("b"));
        var id = (await rig.CountAsync(WeekAfter(1), School("a"), School("b")))!.Value;
        Assert.Equal(ReportHindrance.BudgetSpent, (await rig.FindAsync(id)).Hindrance);
        Assert.Equal(ReportStepResult.Hindered, await rig.Desk.PreviewAsync(id, Person, CancellationToken.None));
        Assert.Equal(new Epsilon(1_000), (await rig.Ledger.ReadAsync(new Domain.Calendars.SchoolYear(2026), CancellationToken.None)).Spent);
        // The district allows more: now it can be looked at.
        var (_, version) = await rig.Settings.ReadAsync(CancellationToken.None);
        await rig.Settings.SaveAsync(new ReportSettings(ReportMode.Noise, 10, 1_000, 2_000), version, CancellationToken.None);
        Assert.Equal(ReportStepResult.Done, await rig.Desk.PreviewAsync(id, Person, CancellationToken.None));
    }

    public void Dispose() => rig.Dispose();
}
