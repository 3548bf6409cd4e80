using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Reports;

/// <summary>From feeds to a report, through the queue, as a district runs it.</summary>
public sealed class ReportPipelineTests
{
    [Fact]
    public async Task Count_OfAWeek_IsWhatTheRegisterSays()
    {
        await using var app = new LocalApp(ReportSite.Monday);
        await ReportSite.FillAsync(app);
        var id = (await ReportSite.CountAsync(app, ReportSite.LastWeek))!.Value;
        var counts = await app.Get<ReportArchive>().ReadCountsAsync(id, CancellationToken.None);
        Assert.Equal(ReportSite.Schools, counts.Select(c => c.School.Value));
        foreach (var school in counts)
        {
            // Ten of sixty are away all week, twelve others on Wednesday.
            Assert.Equal((60, 300), (school.Screened, school.Sessions.Attended.Sessions + school.Sessions.Absent.Sessions));
            Assert.Equal(50 + Enumerable.Range(0, 60).Count(p => p % 6 != 0 && p % 5 == 1), school.Sessions.Absent.Sessions);
            Assert.Equal(100, school.Sessions.KnownPercent);
        }
        // What the parts held is gone; the report stays.
        Assert.Empty(await RowsAsync(app, "P"));
        Assert.Equal(120, new ReportNumbers(await app.Get<ReportArchive>().ReadAsync(id, CancellationToken.None)).Pupils(null, null));
    }

    [Fact]
    public async Task Count_StoppedInTheMiddle_GoesOnAfterARestartWithTheSameResult()
    {
        using var folder = new TempFolder();
        await using (var app = new LocalApp(ReportSite.Monday, data: folder.Path))
        {
            await ReportSite.FillAsync(app);
            Assert.True(await app.Get<PeriodCounting>().AskAsync(ReportSite.LastWeek, CancellationToken.None));
            // One message is worked twice and never completed: the host dies.
            var message = (await app.Get<SqliteMessageQueue>().ReceiveAsync(QueueName.Screenings, 1, TimeSpan.FromSeconds(1), CancellationToken.None))[0];
            Assert.Null(await app.Get<PeriodCounting>().CountAsync(Envelope.Parse(message.Body), CancellationToken.None));
            Assert.Null(await app.Get<PeriodCounting>().CountAsync(Envelope.Parse(message.Body), CancellationToken.None));
        }
        await using (var app = new LocalApp(ReportSite.Monday, data: folder.Path))
        {
            await Task.Delay(1_100, TestContext.Current.CancellationToken);
            var id = (await ReportSite.CountAsync(app, ReportSite.LastWeek))!.Value;
            Assert.Equal(1, id.Revision);
            Assert.Equal(120, (await app.Get<ReportArchive>().ReadCountsAsync(id, CancellationToken.None)).Sum(c => c.Screened));
            Assert.Single(await app.Get<ReportStore>().OfPeriodAsync(ReportSite.LastWeek, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Count_AfterALateCorrection_MakesARevision()
    {
        await using var app = new LocalApp(ReportSite.Monday);
        await ReportSite.FillAsync(app);
        var first = (await ReportSite.CountAsync(app, ReportSite.LastWeek))!.Value;
        var authority = Authority.System("test");
        await app.Get<ReportDesk>().PreviewAsync(first, authority, CancellationToken.None);
        Assert.Equal(ReportStepResult.Done, await app.Get<ReportDesk>().ReleaseAsync(first, authority, CancellationToken.None));
        Assert.Equal(first, await ReportSite.CountAsync(app, ReportSite.LastWeek));
        // The whole of Thursday was somebody else's register: nobody was there.
        await ReportSite.SendAsync(app, [new DateOnly(2025, 10, 30)], (_, pupil, _) => pupil < 40 ? "E" : "P");
        var second = (await ReportSite.CountAsync(app, ReportSite.LastWeek))!.Value;
        Assert.Equal(2, second.Revision);
        Assert.Equal(ReportState.Computed, (await app.Get<ReportStore>().FindAsync(second, CancellationToken.None))!.Report.State);
    }

    [Fact]
    public async Task Count_PupilWhoOptsOut_IsInNoNumber()
    {
        await using var app = new LocalApp(ReportSite.Monday);
        await ReportSite.FillAsync(app);
        var pupil = (await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse(ReportSite.PupilOf(0, 0)), CancellationToken.None))!.Value;
        await app.Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { OptOuts = new HashSet<StudentKey> { pupil } }), CancellationToken.None);
        var counts = await app.Get<ReportArchive>().ReadCountsAsync((await ReportSite.CountAsync(app, ReportSite.LastWeek))!.Value, CancellationToken.None);
        Assert.Equal((59, 295, 45 + 10), (counts[0].Screened, counts[0].Sessions.Attended.Sessions + counts[0].Sessions.Absent.Sessions, counts[0].Sessions.Absent.Sessions));
    }

    [Fact]
    public async Task Ask_WithoutALegalBasis_CountsNothing()
    {
        await using var app = new LocalApp(ReportSite.Monday);
        await ReportSite.FillAsync(app);
        await app.Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { LegalBasis = null }), CancellationToken.None);
        Assert.False(await app.Get<PeriodCounting>().AskAsync(ReportSite.LastWeek, CancellationToken.None));
        Assert.Equal(0, await app.Get<ReportSchedule>().AskAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Due_OnAMonday_AreTheWeeksThatAreOverAndNoneWithoutSchool()
    {
        await using var app = new LocalApp(ReportSite.Monday);
        await ReportSite.FillAsync(app);
        var due = (await app.Get<ReportSchedule>().DueAsync(2, CancellationToken.None)).Where(p => p.Kind == PeriodKind.Week);
        Assert.Equal(["week-2025-10-20", "week-2025-10-27"], due.Select(p => p.Key));
        await using var friday = new LocalApp(new DateOnly(2025, 10, 31));
        await ReportSite.FillAsync(friday);
        // Friday is the week's last school day, and it is not over.
        due = (await friday.Get<ReportSchedule>().DueAsync(1, CancellationToken.None)).Where(p => p.Kind == PeriodKind.Week);
        Assert.Equal(["week-2025-10-20"], due.Select(p => p.Key));
    }

    [Fact]
    public async Task Files_OfReports_NameNoPupilAndNoKey()
    {
        using var folder = new TempFolder();
        await using var app = new LocalApp(ReportSite.Monday, data: folder.Path);
        await ReportSite.FillAsync(app);
        await app.Get<ReportSchedule>().AskAsync(CancellationToken.None);
        await app.WorkAsync();
        var keys = new List<string>();
        for (var pupil = 0; pupil < ReportSite.PupilsOfSchool; pupil++)
            keys.Add((await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse(ReportSite.PupilOf(0, pupil)), CancellationToken.None))!.Value.ToString());
        await StoreSwitch.ShowArchiveAsync(folder.Path);
        var files = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Where(f => f.Contains("report", StringComparison.Ordinal)).ToList();
        var rows = await RowsAsync(app, null);
        var texts = rows.Select(r => r.Key.Value + System.Text.Encoding.UTF8.GetString(r.Body.Span)).ToList();
        foreach (var file in files) texts.Add(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.True(files.Count >= 5 && rows.Count > 0);
        foreach (var text in texts)
        {
            Assert.DoesNotContain("canary", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(keys, key => text.Contains(key, StringComparison.OrdinalIgnoreCase) || text.Contains(Guid.Parse(key).ToString(), StringComparison.OrdinalIgnoreCase));
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{files.Count} files and {rows.Count} rows of reports name none of {keys.Count} pupils.");
    }

    [Fact]
    public async Task MonthlyMail_AfterARelease_GoesOnceToEachAdministratorAndHoldsNoNumber()
    {
        await using var app = new LocalApp(ReportSite.Monday);
        await ReportSite.FillAsync(app);
        foreach (var name in new[] { "mo", "pri" })
            await app.Get<StaffStore>().SaveAsync(
                new StaffMember(StaffId.Parse(name), name, name, new HashSet<Role> { Role.Administrator }, new HashSet<SchoolId>()) { UserPrincipalName = $"{name}@district.example" }, null, CancellationToken.None);
        Assert.Equal(0, await app.Get<MonthlyReportMail>().PlanAsync(CancellationToken.None));
        var id = (await ReportSite.CountAsync(app, ReportSite.LastWeek))!.Value;
        await app.Get<ReportDesk>().PreviewAsync(id, Authority.System("test"), CancellationToken.None);
        await app.Get<ReportDesk>().ReleaseAsync(id, Authority.System("test"), CancellationToken.None);
        Assert.Equal(2, await app.Get<MonthlyReportMail>().PlanAsync(CancellationToken.None));
        Assert.Equal(0, await app.Get<MonthlyReportMail>().PlanAsync(CancellationToken.None));
        var planned = await app.Get<NotificationLog>().AllAsync(WeeklyDigests.PlaceOf(DistrictId.Parse("test")), CancellationToken.None);
        var rendered = Assert.IsType<RenderedNotification.Ready>(await app.Get<NotificationContents>().RenderAsync(planned[0].Place, planned[0].Notification, CancellationToken.None));
        Assert.EndsWith("/district/reports", rendered.Outgoing.Link.AbsolutePath, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]", rendered.Outgoing.Subject);
        Assert.DoesNotMatch("[0-9]", rendered.Outgoing.Text.Replace(rendered.Outgoing.Link.AbsoluteUri, "", StringComparison.Ordinal));
    }

    private static async Task<List<TableRow>> RowsAsync(LocalApp app, string? kind)
    {
        var rows = new List<TableRow>();
        var range = kind is null ? new RowKeyRange("", "\uFFFF") : RowKeyRange.Under(kind);
        await foreach (var row in app.Get<ITableStore>().QueryAsync(TableName.Reports, PartitionKey.Of("test"), range, CancellationToken.None)) rows.Add(row);
        return rows;
    }
}
