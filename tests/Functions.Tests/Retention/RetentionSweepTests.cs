using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Retention;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Tests.Erasure;
using static SchoolSignal.Functions.Tests.Erasure.ErasureRig;

namespace SchoolSignal.Functions.Tests.Retention;

/// <summary>Each kind of data on the edge of its time: kept through the last day, inclusive, and gone a moment later.</summary>
public sealed class RetentionSweepTests : IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private ErasureRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await SeedAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task FeedFiles_OnTheirLastDay_AreKeptAndThenGo()
    {
        var feed = (await rig.SendAttendanceAsync("2026-02-10")).Status;
        var edge = feed.ArrivedAt.AddDays(RetentionSettings.Default.FeedFileDays);
        await RunAsync(edge);
        Assert.True(await HoldsAsync(FeedIntake.OriginalPath(feed.Id)));
        Assert.True((await RunAsync(edge + Tick)).FeedFiles > 0);
        Assert.False(await HoldsAsync(FeedIntake.OriginalPath(feed.Id)));
        Assert.NotNull(await rig.Get<FeedStore>().FindAsync(feed.Id, default));
    }

    [Fact]
    public async Task FeedFiles_OfAFeedStillToBeRead_AreKept()
    {
        using var content = new MemoryStream("date,schoolId,studentUniqueId,code\n2026-02-10,North,n2,A\n"u8.ToArray());
        var accepted = (IntakeResult.Accepted)await rig.Get<FeedIntake>().ReceiveAsync(content, new FeedRequest(FeedContent.Attendance), long.MaxValue, null, default);
        await RunAsync(accepted.Status.ArrivedAt.AddDays(RetentionSettings.MostDays));
        Assert.True(await HoldsAsync(FeedIntake.OriginalPath(accepted.Status.Id)));
    }

    [Fact]
    public async Task Records_OfAPupilWhoLeft_AreKeptThroughTheLastDay_AndConcernsLonger()
    {
        var left = (await rig.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("n2"), default))!.Value;
        await rig.App.SendAsync($$"""{"date":"2026-02-11","studentUniqueId":"n2","observer":"t-1","items":{},"safeguarding":true,"note":"kept"}""" + "\n", new FeedRequest(FeedContent.Observations));
        // Both leave; the other's referral is open.
        await rig.App.SendAsync($"studentUniqueId,schoolId,enrolDate,exitDate\nn2,North,2025-09-01,2026-03-31\n{Number},North,2025-09-01,2026-03-31\n", new FeedRequest(FeedContent.Roster, FileName: "s.csv"));
        var lastDay = new DateTimeOffset(2027, 3, 31, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(0, (await RunAsync(lastDay)).Records);
        Assert.Single((await rig.Get<ObservationStore>().ReadPupilAsync(left, default)).Forms);
        Assert.Equal(1, (await RunAsync(lastDay.AddDays(1))).Records);
        var (forms, concerns) = await rig.Get<ObservationStore>().ReadPupilAsync(left, default);
        Assert.Empty(forms);
        Assert.Single(concerns);
        Assert.NotEmpty((await rig.Get<ObservationStore>().ReadPupilAsync(rig.Pupil, default)).Forms);
        Assert.Contains(await rig.Get<Disclosures>().OfPupilAsync(left, [], null, null, default), e => e is { Action: AuditAction.EraseRecord, Reference: "KeptLongEnough" });
        Assert.Equal(0, (await RunAsync(lastDay.AddDays(2))).Records);
    }

    [Fact]
    public async Task Notifications_OnTheirLastDay_AreKeptAndThenGo()
    {
        var place = new NotificationPlace(TableName.Pupils, rig.Get<PupilPartitions>().Of(rig.Pupil));
        var ended = (await rig.Get<NotificationLog>().AllAsync(place, default)).Select(stored => stored.Notification).Where(n => n.HasEnded).ToList();
        Assert.NotEmpty(ended);
        var edge = ended.Max(n => n.EndedAt!.Value).AddDays(RetentionSettings.Default.NotificationDays);
        await RunAsync(edge);
        Assert.Contains(await rig.Get<NotificationLog>().AllAsync(place, default), stored => stored.Notification.EndedAt == ended.Max(n => n.EndedAt));
        await RunAsync(edge + Tick);
        Assert.DoesNotContain(await rig.Get<NotificationLog>().AllAsync(place, default), stored => stored.Notification.HasEnded);
    }

    [Fact]
    public async Task InboxRows_OnTheirLastDay_AreKeptAndThenGo()
    {
        var done = new DateTimeOffset(2026, 2, 20, 8, 0, 0, TimeSpan.Zero);
        var envelope = Envelope.First("work of a pupil", "kind");
        await rig.Get<ITableStore>().CommitAsync(TableName.Pupils, rig.Get<PupilPartitions>().At(3), [Inbox.Row(envelope, done)], default);
        var edge = done.AddDays(RetentionSettings.Default.InboxDays);
        await RunAsync(edge);
        Assert.True(await IsDoneAsync());
        await RunAsync(edge + Tick);
        Assert.False(await IsDoneAsync());

        // Of a batch the month of its feed tells: kept through as many days from its end.
        Assert.Contains(rig.Rows(), row => row.Table == "attendance" && row.Key.StartsWith("I|feed", StringComparison.Ordinal));
        var month = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddDays(RetentionSettings.Default.InboxDays);
        await RunAsync(month);
        Assert.Contains(rig.Rows(), row => row.Table == "attendance" && row.Key.StartsWith("I|feed", StringComparison.Ordinal));
        await RunAsync(month + Tick);
        Assert.DoesNotContain(rig.Rows(), row => row.Table == "attendance" && row.Key.StartsWith("I|feed", StringComparison.Ordinal));

        async Task<bool> IsDoneAsync() =>
            await Inbox.IsDoneAsync(rig.Get<ITableStore>(), TableName.Pupils, rig.Get<PupilPartitions>().At(3), envelope, default);
    }

    [Fact]
    public async Task Failures_OnTheirLastDay_AreKeptAndThenGo_ButNotThoseASchoolWaitsFor()
    {
        var failures = rig.Get<FailureStore>();
        var batch = Envelope.First("feed 202602-0000000000000000 North 2026", FeedSplitter.BatchKind);
        var when = (await failures.ListAsync(default)).Max(failure => failure.When);
        await failures.AddAsync(new Failure(QueueName.AttendanceBatches.Value, batch.Key, batch.Kind, "X", 10, when, batch.ToJson()), default);
        var edge = when.AddDays(RetentionSettings.Default.FailureDays);
        await RunAsync(edge);
        Assert.Equal(2, (await failures.ListAsync(default)).Count(failure => failure.When == when));
        await RunAsync(edge + Tick);
        Assert.Equal(FeedSplitter.BatchKind, Assert.Single(await failures.ListAsync(default)).Kind);
    }

    [Fact]
    public async Task ErasedPupil_InAFeedThatCameLater_GoesFromItsFilesToo()
    {
        await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Request, default);
        Assert.Equal(1, (await rig.SendAttendanceAsync("2026-02-11")).Erased);
        await rig.SendRosterAsync();
        Assert.NotEmpty(FilesWith(System.IO.Path.Combine(await rig.ShownAsync(), "archive"), Number + ",", Number + "\""));
        var now = new DateTimeOffset(Today, new TimeOnly(13, 0), TimeSpan.Zero);
        Assert.True((await RunAsync(now)).ErasedFromFeeds >= 3);
        Assert.Empty(FilesWith(System.IO.Path.Combine(await rig.ShownAsync(), "archive"), Number + ",", Number + "\"", Name));
        Assert.NotEmpty(FilesWith(System.IO.Path.Combine(await rig.ShownAsync(), "archive"), Neighbour));
        Assert.Equal(0, (await RunAsync(now)).ErasedFromFeeds);
    }

    [Fact]
    public async Task Registers_OnTheirLastDay_AreKeptAndThenGo()
    {
        // The year of the rig's marks ends on 31 July 2026 and is kept for six.
        var lastDay = new DateTimeOffset(2032, 7, 31, 12, 0, 0, TimeSpan.Zero);
        await rig.Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { Retention = s.Retention with { InboxDays = 3650 } }), default);
        bool HasRegister() => rig.Rows().Any(row => (row.Table, row.Partition) is ("attendance", "test|North|2026") or ("directory", "test|roll|North|2026"));
        Assert.True(HasRegister());
        Assert.Equal(0, (await RunAsync(lastDay)).RegisterRows);
        Assert.NotNull(await rig.Get<PupilMarks>().ReadAsync(North, Year, rig.Pupil, default));
        Assert.True((await RunAsync(lastDay.AddDays(1))).RegisterRows > 3);
        Assert.False(HasRegister());
        Assert.Equal(0, (await RunAsync(lastDay.AddDays(2))).RegisterRows);
        Assert.Null(await rig.Get<PupilMarks>().ReadAsync(North, Year, rig.Pupil, default));
    }

    [Fact]
    public async Task EveryBucket_HasItsTurnWithinEightDays()
    {
        var done = new DateTimeOffset(2026, 2, 20, 8, 0, 0, TimeSpan.Zero);
        var envelope = Envelope.First("work of a pupil", "kind");
        for (var bucket = 0; bucket < 16; bucket++)
            await rig.Get<ITableStore>().CommitAsync(TableName.Pupils, rig.Get<PupilPartitions>().At(bucket), [Inbox.Row(envelope, done)], default);
        var swept = new List<int>();
        for (var day = 1; day <= RetentionSweep.Shares; day++)
            swept.Add((await SweepAt(done.AddDays(RetentionSettings.Default.InboxDays + day)).RunAsync(whole: false, default)).InboxRows);
        Assert.True(swept.Sum() >= 16);
        Assert.True(swept[0] < 16);
    }

    [Fact]
    public async Task DistrictFile_SaysHowLong()
    {
        var json = """{ "retention": { "feedFileDays": 60 } }""";
        var loaded = DistrictConfigFile.Load(json, "d.json");
        var settings = await Assert.IsType<DistrictConfigResult.Loaded>(loaded).Config.ApplyToAsync(DistrictSettings.Default, (_, _) => default, default);
        Assert.Equal(RetentionSettings.Default with { FeedFileDays = 60 }, settings.Retention);
        await rig.Get<DistrictSettingsStore>().ChangeAsync((held, _) => ValueTask.FromResult(held with { Retention = settings.Retention }), default);
        Assert.Equal(60, (await rig.Get<DistrictSettingsStore>().ReadAsync(default)).Settings.Retention.FeedFileDays);
        Assert.IsNotType<DistrictConfigResult.Loaded>(DistrictConfigFile.Load("""{ "retention": { "feedFileDays": 29 } }""", "d.json"));
    }

    private Task<RetentionReport> RunAsync(DateTimeOffset now) => SweepAt(now).RunAsync(whole: true, default);

    private RetentionSweep SweepAt(DateTimeOffset now)
    {
        var clock = new FakeTimeProvider(now);
        return ActivatorUtilities.CreateInstance<RetentionSweep>(rig.Get<IServiceProvider>(), (TimeProvider)clock, new DistrictToday(rig.Get<DistrictSettingsStore>(), clock));
    }

    private async Task<bool> HoldsAsync(ArchivePath path)
    {
        if (await rig.Get<IFileArchive>().OpenReadAsync(path, default) is not { } file) return false;
        await file.DisposeAsync();
        return true;
    }
}
