using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;

namespace SchoolSignal.Functions.Tests.Local;

/// <summary>The watched folder over the real intake, looked at by hand.</summary>
public sealed class FileDropTests : IAsyncDisposable
{
    private const string Students = """
        studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName
        s1,North,7,2025-09-01,,Aiko,Mori
        """;

    private readonly Lines lines = new();
    private readonly LocalApp app;
    private FileDrop drop;

    public FileDropTests()
    {
        app = new LocalApp(new DateOnly(2026, 2, 20));
        drop = Start();
    }

    public ValueTask DisposeAsync()
    {
        drop.Dispose();
        return app.DisposeAsync();
    }

    [Fact]
    public async Task Look_FileThatStoppedGrowing_IsTakenInReportedAndNotNamedInTheLog()
    {
        await drop.BeginAsync(CancellationToken.None);
        Put("roster", "class of Aiko Mori.csv", Students);
        await drop.LookAsync(CancellationToken.None);
        Assert.Empty(Done);
        await drop.LookAsync(CancellationToken.None);
        await app.WorkAsync();
        await drop.LookAsync(CancellationToken.None);

        var file = Assert.Single(Done, f => !f.EndsWith(".report.json", StringComparison.Ordinal));
        Assert.EndsWith("-class of Aiko Mori.csv", file, StringComparison.Ordinal);
        Assert.Contains("\"state\": \"complete\"", await File.ReadAllTextAsync(file + ".report.json"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder("roster")));
        Assert.Equal(1, (await FeedsAsync()).Single().Taken);
        Assert.Contains("took in", Assert.Single(lines.All), StringComparison.Ordinal);
        Assert.DoesNotContain("Mori", string.Join('\n', lines.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_FileThatGrows_IsLeftUntilItStops()
    {
        await drop.BeginAsync(CancellationToken.None);
        Put("roster", "a.csv", Students[..40]);
        await drop.LookAsync(CancellationToken.None);
        Put("roster", "a.csv", Students);
        await drop.LookAsync(CancellationToken.None);
        Assert.Empty(await FeedsAsync());
        await drop.LookAsync(CancellationToken.None);
        Assert.Single(await FeedsAsync());
    }

    [Theory]
    [InlineData("a.csv.part")]
    [InlineData(".hidden.csv")]
    public async Task Look_FileOfACopyingProgram_IsLeftAlone(string name)
    {
        await drop.BeginAsync(CancellationToken.None);
        Put("roster", name, Students);
        for (var i = 0; i < 3; i++) await drop.LookAsync(CancellationToken.None);
        Assert.Empty(await FeedsAsync());
        Assert.True(File.Exists(Path.Combine(Folder("roster"), name)));
    }

    [Fact]
    public async Task Look_EmptyFile_IsRefusedInWords()
    {
        await drop.BeginAsync(CancellationToken.None);
        Put("attendance", "a.csv", "");
        for (var i = 0; i < 2; i++) await drop.LookAsync(CancellationToken.None);
        Assert.Contains("The file is empty.", await File.ReadAllTextAsync(Done.Single(f => f.EndsWith(".report.json", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Empty(await FeedsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Begin_AfterACrashWhileTaking_TakesTheFileOnce(bool wasReceived)
    {
        await drop.BeginAsync(CancellationToken.None);
        var feed = FeedId.New(app.Get<TimeProvider>().GetUtcNow());
        var claimed = Path.Combine(app.Get<LocalOptions>().DataFolder, "drop", "taking", "roster", $"{feed}-a.csv");
        await File.WriteAllTextAsync(claimed, Students);
        if (wasReceived)
        {
            // The crash came between the intake's commit and the file's move.
            await using var content = File.OpenRead(claimed);
            await app.Get<FeedIntake>().ReceiveAsync(feed, content, new FeedRequest(FeedContent.Roster), long.MaxValue, null, CancellationToken.None);
        }
        await app.WorkAsync();
        drop.Dispose();
        drop = Start();
        await drop.BeginAsync(CancellationToken.None);
        await app.WorkAsync();
        await drop.LookAsync(CancellationToken.None);
        Assert.Equal(feed, Assert.Single(await FeedsAsync()).Id);
        Assert.Equal(2, Done.Length);
    }

    [Fact]
    public async Task Begin_WithAReportOutstanding_WritesItOnceTheFeedIsDone()
    {
        await drop.BeginAsync(CancellationToken.None);
        Put("roster", "a.csv", Students);
        for (var i = 0; i < 2; i++) await drop.LookAsync(CancellationToken.None);
        Assert.Single(Done);
        drop.Dispose();
        drop = Start();
        await app.WorkAsync();
        await drop.BeginAsync(CancellationToken.None);
        await drop.LookAsync(CancellationToken.None);
        Assert.Equal(2, Done.Length);
    }

    /// <summary>A copy outlives neither an erasure that came before it nor the time that files of feeds are kept.</summary>
    [Fact]
    public async Task Copies_OfFeedsThatNameAnErasedPupilOrAreOld_Go()
    {
        await drop.BeginAsync(CancellationToken.None);
        await DropAsync("roster", "a.csv", Students + "\ns2,North,7,2025-09-01,,Ben,Stays\n");
        await app.Get<PupilErasure>().EraseAsync(Authority.CommandLine, StudentUniqueId.Parse("s1"), ErasureReason.Request, CancellationToken.None);
        await DropAsync("attendance", "b.csv", "date,schoolId,studentUniqueId,code\n2026-02-10,North,s2,A\n");
        await DropAsync("attendance", "c.csv", "date,schoolId,studentUniqueId,code\n2026-02-11,North,s1,A\n2026-02-11,North,s2,A\n");
        Assert.Equal(6, Done.Length);

        await app.Get<DroppedFiles>().SweepAsync(CancellationToken.None);
        Assert.All(Done, file => Assert.Contains("-b.csv", file, StringComparison.Ordinal));
        Assert.Equal(2, Done.Length);

        await app.Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { Retention = s.Retention with { FeedFileDays = -1 } }), CancellationToken.None);
        await app.Get<DroppedFiles>().SweepAsync(CancellationToken.None);
        Assert.Empty(Done);
    }

    /// <summary>Nobody runs a command: the watcher looks by itself.</summary>
    [Fact]
    public async Task Look_AnHourLater_SweepsTheCopies()
    {
        await drop.BeginAsync(CancellationToken.None);
        await app.Get<PupilErasure>().EraseAsync(Authority.CommandLine, StudentUniqueId.Parse("s1"), ErasureReason.Request, CancellationToken.None);
        await DropAsync("roster", "a.csv", Students);
        await app.Get<PupilErasure>().EraseAsync(Authority.CommandLine, StudentUniqueId.Parse("s1"), ErasureReason.Request, CancellationToken.None);
        Assert.NotEmpty(Done);
        await drop.LookAsync(CancellationToken.None);
        Assert.NotEmpty(Done);
        drop.Dispose();
        drop = Start();
        await drop.BeginAsync(CancellationToken.None);
        await drop.LookAsync(CancellationToken.None);
        Assert.Empty(Done);
    }

    private async Task DropAsync(string folder, string name, string content)
    {
        Put(folder, name, content);
        for (var look = 0; look < 2; look++) await drop.LookAsync(CancellationToken.None);
        await app.WorkAsync();
        await drop.LookAsync(CancellationToken.None);
    }

    private FileDrop Start() => new(
        app.Get<LocalOptions>(), app.Get<FeedIntake>(), app.Get<FeedStore>(), app.Get<DroppedFiles>(), app.Get<TimeProvider>(), lines);

    private string[] Done => Directory.GetFiles(Folder("done"));

    private string Folder(string name) => Path.Combine(app.Get<LocalOptions>().DataFolder, "drop", name);

    private void Put(string folder, string name, string content) => File.WriteAllText(Path.Combine(Folder(folder), name), content);

    private async Task<List<FeedStatus>> FeedsAsync()
    {
        var feeds = new List<FeedStatus>();
        await foreach (var feed in app.Get<FeedStore>().InMonthAsync("202602", CancellationToken.None)) feeds.Add(feed);
        return feeds;
    }

    private sealed class Lines : ILogger<FileDrop>
    {
        public ConcurrentQueue<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(formatter(state, exception));
    }
}
