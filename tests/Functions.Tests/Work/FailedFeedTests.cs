using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Functions.Tests.Attendance;

namespace SchoolSignal.Functions.Tests.Work;

/// <summary>Feeds whose work fails for good, through the app itself.</summary>
public sealed class FailedFeedTests : IAsyncDisposable
{
    private static readonly DateOnly Today = new(2026, 2, 20);
    private static readonly DistrictId District = DistrictId.Parse("test");
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);
    private static readonly SchoolId North = SchoolId.Parse("North");
    private static readonly SchoolId South = SchoolId.Parse("South");

    private const string Students = """
        studentUniqueId,schoolId,grade,enrolDate
        s1,North,7,2025-09-01
        s3,South,8,2025-09-01
        """;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(Today, new TimeOnly(12, 0), TimeSpan.Zero));
    private readonly LocalApp app;

    public FailedFeedTests() => app = new LocalApp(Today, clock);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Batch_FailedForGood_PausesItsSchoolUntilItIsReplayed()
    {
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "Made up.") }), CancellationToken.None);
        await SendAsync(Students, FeedContent.Roster);
        await SendAsync(Register(18), FeedContent.Attendance);
        Assert.All(await ReasonsAsync(North), Assert.Null);

        var damaged = await ReplaceHeaderAsync("{"u8.ToArray());
        var report = await SendAsync(Register(19), FeedContent.Attendance);
        Assert.Equal(FeedState.Complete, report.Status.State);
        Assert.Equal("North", Assert.Single(report.Results, r => r.Failed).School);
        Assert.Contains("North", Assert.Single(report.Warnings, w => w.Contains("replay", StringComparison.Ordinal)), StringComparison.Ordinal);
        using (var json = JsonDocument.Parse(FeedReportJson.Write(report)))
            Assert.Equal(1, json.RootElement.GetProperty("batchesFailed").GetInt32());

        await ReplaceHeaderAsync(damaged);
        Assert.Equal([NotScreenedReason.FeedPaused], await ReasonsAsync(North));
        Assert.All(await ReasonsAsync(South), Assert.Null);

        var failure = Assert.Single(await app.Get<FailureStore>().ListAsync(CancellationToken.None));
        await app.Get<FailureStore>().ReplayAsync(failure.Reference, CancellationToken.None);
        await app.WorkAsync(clock);
        var mended = (await app.Get<FeedStore>().ReportAsync(report.Status.Id, CancellationToken.None))!;
        Assert.False(mended.AnyFailed);
        Assert.Empty(mended.Warnings);
        Assert.All(await ReasonsAsync(North), Assert.Null);
        // The baseline was asked for again: it counts both days' sessions.
        var register = (await app.Get<LedgerReader>().ReadAsync(North, Year, Today, null, CancellationToken.None))!;
        Assert.Equal(4, register.Totals.Possible.Count(possible => possible > 0));
        Assert.Empty(await app.Get<FailureStore>().ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Batch_GivenUpByAPerson_NoLongerPausesItsSchoolAndSaysWhy()
    {
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "Made up.") }), CancellationToken.None);
        await SendAsync(Students, FeedContent.Roster);
        await SendAsync(Register(18), FeedContent.Attendance);
        var intact = await ReplaceHeaderAsync("{"u8.ToArray());
        var report = await SendAsync(Register(19), FeedContent.Attendance);
        await ReplaceHeaderAsync(intact);
        var failure = Assert.Single(await app.Get<FailureStore>().ListAsync(CancellationToken.None));
        Assert.Equal([NotScreenedReason.FeedPaused], await ReasonsAsync(North));

        var batches = app.Get<AbandonedBatches>();
        var by = new Authority(AuditActor.Staff("dm-1"), [Role.DataManager], AccessReason.RolePermits);
        Assert.Equal(AbandonResult.NotFound, await batches.AbandonAsync("none", "why", by, CancellationToken.None));
        Assert.Equal(AbandonResult.Abandoned, await batches.AbandonAsync(failure.Reference, "The old system is gone.", by, CancellationToken.None));
        await app.WorkAsync(clock);

        Assert.All(await ReasonsAsync(North), Assert.Null);
        var given = (await app.Get<FeedStore>().ReportAsync(report.Status.Id, CancellationToken.None))!;
        Assert.False(given.AnyFailed);
        var abandoned = Assert.Single(given.Results, r => r.Abandoned is not null).Abandoned!;
        Assert.Equal(("The old system is gone.", "dm-1"), (abandoned.Reason, abandoned.By));
        Assert.Contains(given.Warnings, w => w.Contains("North was given up on 2026-02-20: The old system is gone.", StringComparison.Ordinal));
        using (var json = JsonDocument.Parse(FeedReportJson.Write(given)))
            Assert.Equal((0, 1), (json.RootElement.GetProperty("batchesFailed").GetInt32(), json.RootElement.GetProperty("batchesGivenUp").GetInt32()));
        Assert.Empty(await app.Get<FailureStore>().ListAsync(CancellationToken.None));
        var today = new DateOnly(2026, 2, 20);
        var entry = Assert.Single((await app.Get<AuditSearch>().FindAsync(Authority.CommandLine, new AuditQuery(today, today) { Action = AuditAction.GiveUpBatch }, default)).Entries);
        Assert.Equal(("staff dm-1", North, report.Status.Id.Value), (entry.Who.Value, entry.School!.Value, entry.Reference));
        Assert.Equal(AbandonResult.NotFound, await batches.AbandonAsync(failure.Reference, "why", by, CancellationToken.None));
        // Nobody said anything of the day; the day before stands.
        Assert.Equal("18", await DaysWithMarksAsync());

        // The file itself, sent again once it can be read, is no repeat.
        var again = await SendAsync(Register(19), FeedContent.Attendance);
        Assert.Equal((FeedState.Complete, 2L, 2L), (again.Status.State, again.Changed, again.Unchanged));
        Assert.Equal("18 19", await DaysWithMarksAsync());
    }

    [Fact]
    public async Task Batch_GivenUpWhileItIsReplayed_IsNeitherAppliedNorLost()
    {
        await SendAsync(Students, FeedContent.Roster);
        await SendAsync(Register(18), FeedContent.Attendance);
        var intact = await ReplaceHeaderAsync("{"u8.ToArray());
        var report = await SendAsync(Register(19), FeedContent.Attendance);
        await ReplaceHeaderAsync(intact);
        var failure = Assert.Single(await app.Get<FailureStore>().ListAsync(CancellationToken.None));
        var batches = app.Get<AbandonedBatches>();
        // The replay is on its way when the batch is given up: it finds the decision and does nothing.
        await app.Get<FailureStore>().ReplayAsync(failure.Reference, CancellationToken.None);
        await app.Get<FailureStore>().AddAsync(failure, CancellationToken.None);
        Assert.Equal(AbandonResult.Abandoned, await batches.AbandonAsync(failure.Reference, "why", Authority.CommandLine, CancellationToken.None));
        await app.WorkAsync(clock);
        Assert.Equal("18", await DaysWithMarksAsync());

        // And one that was applied is not given up.
        await app.Get<FailureStore>().AddAsync(failure with { Message = failure.Message.Replace(report.Status.Id.Value, FirstFeed, StringComparison.Ordinal) }, CancellationToken.None);
        Assert.Equal(AbandonResult.AlreadyApplied, await batches.AbandonAsync(failure.Reference, "why", Authority.CommandLine, CancellationToken.None));
    }

    [Fact]
    public async Task Withdrawal_OfAFeed_LeavesItsMarksUnknownAndOthersAsTheyAre()
    {
        await SendAsync(Students, FeedContent.Roster);
        await SendAsync(Register(18), FeedContent.Attendance);
        var second = await SendAsync(Register(18).Replace("PM,\\", "PM,I", StringComparison.Ordinal).Replace("AM,/\n", "AM,L\n", StringComparison.Ordinal) + "\n" + Register(19), FeedContent.Attendance);
        Assert.Equal(FeedState.Complete, second.Status.State);
        Assert.Equal("18 19", await DaysWithMarksAsync());
        await app.Get<LedgerWithdrawal>().WithdrawAsync(LedgerKeys.Partition(District, North, Year), second.Status.Id, CancellationToken.None);
        Assert.Empty(await DaysWithMarksAsync());
        await app.Get<LedgerWithdrawal>().WithdrawAsync(LedgerKeys.Partition(District, South, Year), FeedId.Parse(FirstFeed), CancellationToken.None);
        Assert.Equal(4, (await app.MarksAsync("South", Year)).Count);
    }

    [Fact]
    public async Task Feed_ThatCannotBeRead_IsRefusedInWordsAndReadWhenReplayed()
    {
        await SendAsync(Students, FeedContent.Roster);
        using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Register(19)));
        var taken = await app.Get<FeedIntake>().ReceiveAsync(content, new FeedRequest(FeedContent.Attendance), long.MaxValue, null, CancellationToken.None);
        var id = Assert.IsType<IntakeResult.Accepted>(taken).Status.Id;
        var archive = app.Get<IFileArchive>();
        await archive.DeleteAsync(FeedIntake.OriginalPath(id), CancellationToken.None);
        await app.WorkAsync(clock);

        var failure = Assert.Single(await app.Get<FailureStore>().ListAsync(CancellationToken.None));
        Assert.Equal(AbandonResult.NotABatch, await app.Get<AbandonedBatches>().AbandonAsync(failure.Reference, "why", Authority.CommandLine, CancellationToken.None));
        var refused = (await app.Get<FeedStore>().ReportAsync(id, CancellationToken.None))!.Status;
        Assert.Equal(FeedState.Refused, refused.State);
        Assert.Contains(failure.Reference, refused.Why!, StringComparison.Ordinal);

        await using (var file = await archive.CreateAsync(FeedIntake.OriginalPath(id), CancellationToken.None))
        {
            await file.Stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Register(19)));
            await file.CompleteAsync(CancellationToken.None);
        }
        await app.Get<FailureStore>().ReplayAsync(failure.Reference, CancellationToken.None);
        await app.WorkAsync(clock);
        var report = (await app.Get<FeedStore>().ReportAsync(id, CancellationToken.None))!;
        Assert.Equal((FeedState.Complete, null, 4L), (report.Status.State, report.Status.Why, report.Changed));
    }

    private static string Register(int day) => $"""
        date,schoolId,studentUniqueId,session,code
        2026-02-{day},North,s1,AM,/
        2026-02-{day},North,s1,PM,\
        2026-02-{day},South,s3,AM,/
        2026-02-{day},South,s3,PM,\
        """;

    /// <summary>The first attendance feed of the test.</summary>
    private string FirstFeed { get; set; } = "";

    private async Task<string> DaysWithMarksAsync() => string.Join(' ', (await app.MarksAsync("North", Year)).Keys.Select(k => k.Date.Day).Distinct().Order());

    private async Task<FeedReport> SendAsync(string content, FeedContent kind)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        var taken = await app.Get<FeedIntake>().ReceiveAsync(stream, new FeedRequest(kind), long.MaxValue, null, CancellationToken.None);
        await app.WorkAsync(clock);
        var id = Assert.IsType<IntakeResult.Accepted>(taken).Status.Id;
        if (kind == FeedContent.Attendance && FirstFeed.Length == 0) FirstFeed = id.Value;
        return (await app.Get<FeedStore>().ReportAsync(id, CancellationToken.None))!;
    }

    private async Task<List<NotScreenedReason?>> ReasonsAsync(SchoolId school)
    {
        var screening = await app.Get<ScreeningRuns>().ScreenSchoolAsync(school, Year, Today, save: false, CancellationToken.None);
        Assert.NotEmpty(screening.Results);
        return [.. screening.Results.Select(r => r.NotScreenedBecause)];
    }

    /// <returns>What the header of North's year was.</returns>
    private async Task<byte[]> ReplaceHeaderAsync(byte[] body)
    {
        var partition = LedgerKeys.Partition(District, North, Year);
        var row = (await app.Get<ITableStore>().GetAsync(TableName.Attendance, partition, LedgerKeys.Header, CancellationToken.None))!.Value;
        var replace = new RowChange.Replace(LedgerKeys.Header, row.ETag, body);
        Assert.IsType<CommitResult.Committed>(await app.Get<ITableStore>().CommitAsync(TableName.Attendance, partition, [replace], CancellationToken.None));
        return row.Body.ToArray();
    }
}
