using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Domain.Screening;
using static SchoolSignal.Domain.Tests.Reports.Releases.ReportRig;

namespace SchoolSignal.Domain.Tests.Reports.Releases;

/// <summary>From a count to a published report, and what stands then.</summary>
public sealed class ReportReleaseTests : IDisposable
{
    private readonly ReportRig rig = new();

    [Fact]
    public async Task Make_FirstCount_IsRevisionOneAndWaitsForAPerson()
    {
        var id = await rig.CountAsync(Week, School("a"), School("b"));
        Assert.Equal(new ReportId(Week, 1), id);
        Assert.Equal(ReportState.Computed, (await rig.FindAsync(id!.Value)).State);
        Assert.Null((await rig.Reading.FindAsync(id.Value, CancellationToken.None))!.Numbers);
        Assert.Equal(ReportStepResult.NotPermitted, await rig.Desk.ReleaseAsync(id.Value, Person, CancellationToken.None));
        Assert.Empty(await rig.Reading.PublicAsync(DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None));
    }

    [Fact]
    public async Task Release_OfAPreviewedReport_ShowsItsNumbersAndLeavesAnEntry()
    {
        var id = await rig.ReleaseAsync(Week, School("a"), School("b", none: 300));
        var numbers = (await rig.Reading.FindAsync(id, CancellationToken.None))!.Numbers!;
        Assert.Equal((760, 100, 580), (numbers.Pupils(null, null), numbers.RaisedOrHigh(null), numbers.Pupils(null, Level.None)));
        Assert.Equal((390, 24), (numbers.Pupils(SchoolId.Parse("b"), null), numbers.Opened(null)));
        Assert.Equal((1m, 2m), (numbers.Content.District.Times.Acknowledged, numbers.Content.District.Times.Contacted));
        var audited = await rig.Store.Queue.ReceiveAsync(QueueName.Audit, 10, TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Contains(audited, message => message.Body.Contains("ReleaseReport", StringComparison.Ordinal) && message.Body.Contains(id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Make_SameCountsAgain_MakesNoRevision()
    {
        await rig.ReleaseAsync(Week, School("a"), School("b"));
        Assert.Null(await rig.CountAsync(Week, School("a"), School("b")));
        Assert.Single(await rig.Reports.OfPeriodAsync(Week, CancellationToken.None));
    }

    [Fact]
    public async Task Make_LateCorrection_IsANumberedRevisionAndTheFirstStands()
    {
        var first = await rig.ReleaseAsync(Week, School("a"), School("b"));
        var before = await ReadAsync(first);
        // A whole class's register was wrong.
        var second = (await rig.CountAsync(Week, School("a", absent: 500), School("b")))!.Value;
        Assert.Equal(2, second.Revision);
        await rig.Desk.PreviewAsync(second, Person, CancellationToken.None);
        Assert.Equal(ReportStepResult.Done, await rig.Desk.ReleaseAsync(second, Person, CancellationToken.None));

        var view = (await rig.Reading.FindAsync(second, CancellationToken.None))!;
        Assert.Contains(view.Changes, change => change is { Now: { Measure: "sessionsAbsent", School: "a" }, Then.Value: 200 });
        Assert.Equal(view.Changes.Count, view.Report.Changed);
        // The period's public numbers are now the second's; the first can still be read as it was.
        Assert.Equal([second], (await rig.Reading.PublicAsync(DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None)).Select(r => r.Id));
        Assert.Equal(before, await ReadAsync(first));
    }

    /// <summary>The difference of the two wholes would be the school that came later, to the pupil.</summary>
    [Fact]
    public async Task Make_ASchoolCameLater_TheRevisionLeavesOutTheDistrict()
    {
        var first = await rig.ReleaseAsync(Week, School("a"), School("b"), SchoolCounts.Empty(SchoolId.Parse("c"), CountState.StaleFeed, Week.First));
        Assert.NotNull((await rig.Reading.FindAsync(first, CancellationToken.None))!.Numbers!.Pupils(null, null));
        var second = (await rig.CountAsync(Week, School("a"), School("b"), School("c", high: 3)))!.Value;
        await rig.Desk.PreviewAsync(second, Person, CancellationToken.None);
        Assert.Equal(ReportStepResult.Done, await rig.Desk.ReleaseAsync(second, Person, CancellationToken.None));

        var numbers = (await rig.Reading.FindAsync(second, CancellationToken.None))!.Numbers!;
        Assert.True(numbers.Content.LeavesOutDistrict);
        Assert.All(
            ReportFacts.Of(numbers.Content).Where(f => f.School is null && f.Measure is not "feedCompleteness"), f => Assert.Equal(FactState.Hidden, f.State));
        Assert.NotNull(numbers.Pupils(SchoolId.Parse("c"), null));
        Assert.Null(numbers.Pupils(SchoolId.Parse("c"), Level.High));
    }

    [Fact]
    public async Task Make_DraftNobodyReleased_IsCountedOver()
    {
        var id = (await rig.CountAsync(Week, School("a"), School("b")))!.Value;
        await rig.Desk.PreviewAsync(id, Person, CancellationToken.None);
        Assert.Equal(id, await rig.CountAsync(Week, School("a", none: 290), School("b")));
        // Who looked at it looked at other numbers.
        Assert.Equal(ReportState.Computed, (await rig.FindAsync(id)).State);
    }

    [Fact]
    public async Task Release_OfTwoDrafts_TheSecondIsProtectedAnewAgainstTheFirst()
    {
        var (one, two) = ((await rig.CountAsync(Week, School("a"), School("b")))!.Value, (await rig.CountAsync(WeekAfter(1), School("a"), School("b")))!.Value);
        await rig.Desk.PreviewAsync(one, Person, CancellationToken.None);
        await rig.Desk.PreviewAsync(two, Person, CancellationToken.None);
        Assert.Equal(ReportStepResult.Done, await rig.Desk.ReleaseAsync(one, Person, CancellationToken.None));
        Assert.Equal(ReportStepResult.ProtectedAnew, await rig.Desk.ReleaseAsync(two, Person, CancellationToken.None));
        Assert.Equal(ReportState.Computed, (await rig.FindAsync(two)).State);
        await rig.Desk.PreviewAsync(two, Person, CancellationToken.None);
        Assert.Equal(ReportStepResult.Done, await rig.Desk.ReleaseAsync(two, Person, CancellationToken.None));
        Assert.Equal((1, 2), ((await rig.FindAsync(one)).Published, (await rig.FindAsync(two)).Published));
    }

    [Fact]
    public async Task Release_ByManyAtOnce_PublishesOnce()
    {
        var id = (await rig.CountAsync(Week, School("a"), School("b")))!.Value;
        await rig.Desk.PreviewAsync(id, Person, CancellationToken.None);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => rig.Desk.ReleaseAsync(id, Person, CancellationToken.None))));
        Assert.Single(results, ReportStepResult.Done);
        Assert.Equal(7, results.Count(r => r == ReportStepResult.NotPermitted));
        Assert.Single((await rig.Reports.PublishedAsync(CancellationToken.None)).Published.Keys);
    }

    [Fact]
    public async Task Withdraw_AReleasedReport_TakesItsNumbersBackButNotOutOfTheProtection()
    {
        var id = await rig.ReleaseAsync(Week, School("a"), School("b"));
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Desk.WithdrawAsync(id, " ", Person, CancellationToken.None));
        Assert.Equal(ReportStepResult.Done, await rig.Desk.WithdrawAsync(id, "wrong calendar", Person, CancellationToken.None));
        var view = (await rig.Reading.FindAsync(id, CancellationToken.None))!;
        Assert.Null(view.Numbers);
        Assert.Equal("wrong calendar", view.Report.Reason);
        Assert.Null(await rig.Reading.OpenAsync(id, ReportArchive.CsvFile, CancellationToken.None));
        Assert.Empty(await rig.Reading.PublicAsync(DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None));
        // The next is protected with it in mind: its certificate names it.
        var next = await rig.ReleaseAsync(WeekAfter(1), School("a"), School("b"));
        Assert.Equal([id.ToString()], (await rig.Archive.ReadCertificateAsync(next, CancellationToken.None))!.Earlier.Select(e => e.Name));
    }

    [Fact]
    public async Task Files_ReadTwiceAndAfterARestart_AreTheSame()
    {
        var id = await rig.ReleaseAsync(Week, School("a", high: 4), School("b"), School("c", watch: 3));
        string[] files = [ReportArchive.ContentFile, ReportArchive.CsvFile, ReportArchive.JsonFile, ReportArchive.CertificateFile];
        var first = await Task.WhenAll(files.Select(file => ReadAsync(id, file)));
        var numbers = await rig.FactsAsync(id);
        rig.Restart();
        Assert.Equal(first, await Task.WhenAll(files.Select(file => ReadAsync(id, file))));
        Assert.Equal(numbers, ReportFacts.Of((await rig.Reading.FindAsync(id, CancellationToken.None))!.Numbers!.Content));
        Assert.Null(await rig.CountAsync(Week, School("a", high: 4), School("b"), School("c", watch: 3)));
    }

    [Theory]
    [InlineData(ReportState.Computed, "Preview>Previewed Protect>Computed Withdraw>Withdrawn")]
    [InlineData(ReportState.Previewed, "Preview>Previewed Protect>Computed Release>Released Withdraw>Withdrawn")]
    [InlineData(ReportState.Released, "Withdraw>Withdrawn")]
    [InlineData(ReportState.Withdrawn, "")]
    public void States_OfAReport_AreAsWrittenByHand(ReportState from, string permitted)
    {
        var found = Enum.GetValues<ReportAction>().Where(action => ReportStates.Next(from, action) is not null).Select(action => $"{action}>{ReportStates.Next(from, action)}");
        Assert.Equal(permitted, string.Join(' ', found.Order(StringComparer.Ordinal)));
    }

    private async Task<string> ReadAsync(ReportId id, string file = ReportArchive.ContentFile)
    {
        await using var stream = await rig.Archive.OpenAsync(id, file, CancellationToken.None);
        using var reader = new StreamReader(stream!, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Count_NotProvedInTime_ShowsNothingSaysSoAndIsTriedAgain()
    {
        // Every look at the clock is an hour later: nothing can be proved in a minute.
        rig.Clock.AutoAdvanceAmount = TimeSpan.FromHours(1);
        var id = (await rig.CountAsync(Week, School("a", high: 4), School("b")))!.Value;
        Assert.Equal((ReportHindrance.NotProtected, ReportState.Computed), ((await rig.FindAsync(id)).Hindrance, (await rig.FindAsync(id)).State));
        Assert.Equal(ReportStepResult.Hindered, await rig.Desk.PreviewAsync(id, Person, CancellationToken.None));
        Assert.Equal(ReportStepResult.NotPermitted, await rig.Desk.ReleaseAsync(id, Person, CancellationToken.None));
        Assert.Null((await rig.Reading.FindAsync(id, CancellationToken.None))!.Numbers);
        Assert.Null(await rig.Archive.OpenAsync(id, ReportArchive.CsvFile, CancellationToken.None));

        rig.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        Assert.Equal(ReportStepResult.Done, await rig.Desk.PreviewAsync(id, Person, CancellationToken.None));
        Assert.Null((await rig.FindAsync(id)).Hindrance);
        Assert.Equal(ReportStepResult.Done, await rig.Desk.ReleaseAsync(id, Person, CancellationToken.None));
    }

    [Fact]
    public async Task Term_WithAWeekThatHasChanceInIt_CountsThatWeekInTheRest()
    {
        await rig.Settings.SaveAsync(ReportSettings.Default with { Mode = ReportMode.Noise }, null, CancellationToken.None);
        await rig.ReleaseAsync(Week, School("a"), School("b"));
        await rig.Settings.SaveAsync(ReportSettings.Default, (await rig.Settings.ReadAsync(CancellationToken.None)).Version, CancellationToken.None);
        await rig.ReleaseAsync(WeekAfter(1), School("a"), School("b"));
        var term = new ReportPeriod(PeriodKind.Term, Week.First, WeekAfter(1).Last);
        var counts = School("a", opened: 30) with { LevelsByBand = [[0, 0, 0, 0], [280, 40, 30, 20], [0, 0, 0, 0], [0, 0, 0, 0]] };
        var id = (await rig.CountAsync(term, counts, counts with { School = SchoolId.Parse("b") }))!.Value;
        var content = await rig.Archive.ReadAsync(id, CancellationToken.None);
        Assert.Equal([new ReportId(WeekAfter(1), 1).ToString()], content.Weeks);
        Assert.Equal(60, new ReportNumbers(content).Opened(null));
    }

    public void Dispose() => rig.Dispose();
}
