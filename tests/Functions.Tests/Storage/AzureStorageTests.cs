using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using SchoolSignal.Adapters;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Tests.Attendance;
using SchoolSignal.Testing.Azurite;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

[assembly: AssemblyFixture(typeof(SharedAzurite))]

namespace SchoolSignal.Functions.Tests.Storage;

/// <summary>A few ways through the whole app on the storage emulator, in every run. All of them: SCHOOLSIGNAL_TEST_STORE=azurite.</summary>
public sealed partial class AzureStorageTests(SharedAzurite azurite)
{
    private static readonly DateOnly Today = new(2026, 2, 13);
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);
    private static readonly SchoolId North = SchoolId.Parse("North");

    [Fact]
    public async Task District_OnBothStores_ComesToTheSame()
    {
        var account = await AccountAsync();
        await using var embedded = new LocalApp(Today, on: options => options);
        await using var stored = new LocalApp(Today, on: options => options.On(account, options.DataFolder));
        var expected = await RunAsync(embedded);
        var found = await RunAsync(stored);
        Assert.NotEmpty(expected.Marks);
        Assert.Equal(expected.Marks, found.Marks);
        Assert.Equal(expected.Levels, found.Levels);
        Assert.Equal(["s1 New"], expected.Referrals);
        Assert.Equal(expected.Referrals, found.Referrals);
        Assert.Equal("Ada", found.Name);
    }

    /// <summary>A whole district's way through the app: no call lists a table, and none reads a partition without a range.</summary>
    [Fact]
    public async Task District_OverTheWire_ReadsOnlyByKeyOrRange()
    {
        var account = await AccountAsync();
        using var tap = new WireTap();
        await using var app = new LocalApp(
            Today, on: options => options.On(account, options.DataFolder),
            configure: services => services.AddAzureTables(account, configure: client => client.Transport = tap));
        await RunAsync(app);
        var reads = tap.Calls.Where(call => call.Method == "GET").ToList();
        Assert.True(reads.Count > 200, $"{reads.Count} reads");
        Assert.All(reads, call => Assert.True(
            ByKey().IsMatch(call.Path) || ByRange().IsMatch(call.Query), $"{call.Path} {call.Query}"));
        // What changes something is a transaction, or makes a table.
        Assert.All(tap.Calls.Except(reads), call => Assert.True(call.Method == "POST" && (call.Path.EndsWith("$batch", StringComparison.Ordinal) || call.Path.EndsWith("/Tables", StringComparison.Ordinal)), $"{call.Method} {call.Path}"));
    }

    /// <summary>As Event Grid tells of it, twice, and by the way of a file that is gone: one feed, and the file is taken away.</summary>
    [Fact]
    public async Task DroppedFile_ToldOfTwice_IsOneFeed()
    {
        var account = await AccountAsync();
        await using var app = new LocalApp(Today, on: options => options.On(account, options.DataFolder));
        var container = new BlobServiceClient(account.ConnectionString).GetBlobContainerClient(new StorageOptions().DropContainer);
        await container.CreateIfNotExistsAsync();
        var name = $"roster/{Guid.NewGuid():N}/Ada Lind.csv";
        var put = await container.UploadBlobAsync(name, BinaryData.FromString("studentUniqueId,schoolId,enrolDate\ns1,North,2025-09-01\n"));
        await SendAsync(name, put.Value.ETag.ToString());
        await SendAsync(name, put.Value.ETag.ToString());
        await SendAsync("roster/gone.csv", put.Value.ETag.ToString());
        await app.WorkAsync();

        var feeds = new List<FeedStatus>();
        await foreach (var status in app.Get<FeedStore>().InMonthAsync("202602", default)) feeds.Add(status);
        var feed = Assert.Single(feeds);
        Assert.Equal((FeedState.Complete, FeedContent.Roster, 1L, AuditActor.System("file-drop")), (feed.State, feed.Request.Content, feed.Rows, feed.Request.SentBy?.Who));
        Assert.NotNull(await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("s1"), default));
        Assert.False((await container.GetBlobClient(name).ExistsAsync()).Value);
        Assert.Empty(await app.Get<FailureStore>().ListAsync(default));

        async Task SendAsync(string file, string tag) => await app.Get<IMessageSender>().SendAsync(
            QueueName.FeedArrivals,
            [new OutgoingMessage($$$"""
                {"specversion":"1.0","type":"Microsoft.Storage.BlobCreated","id":"1","time":"2026-02-13T05:00:00Z",
                 "source":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/devstoreaccount1",
                 "subject":"/blobServices/default/containers/drop/blobs/{{{file}}}",
                 "data":{"api":"PutBlob","eTag":{{{System.Text.Json.JsonSerializer.Serialize(tag.Trim('"'))}}},"contentLength":10,"blobType":"BlockBlob","url":"https://elsewhere.example/x"}}
                """, Guid.NewGuid().ToString("N"))],
            default);
    }

    private async Task<StorageOptions> AccountAsync()
    {
        var server = await azurite.FindAsync();
        Assert.SkipWhen(server is null, SharedAzurite.WhySkipped);
        return server!.NewAccount();
    }

    private static async Task<Outcome> RunAsync(LocalApp app)
    {
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "A test's pupils.") }), default);
        await app.SendAsync(
            "studentUniqueId,schoolId,enrolDate,givenName,familyName\ns1,North,2025-09-01,Ada,Lind\n"
            + string.Concat(Enumerable.Range(2, 11).Select(i => $"s{i},North,2025-09-01,,\n")), Roster);
        var weekdays = Enumerable.Range(0, 40).Select(i => new DateOnly(2026, 1, 5).AddDays(i)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
        await app.SendAsync(
            "date,schoolId,studentUniqueId,code\n" + string.Concat(weekdays.SelectMany(day => Enumerable.Range(1, 12)
                .Select(i => $"{day:yyyy-MM-dd},North,s{i},{(i == 1 && day > new DateOnly(2026, 1, 23) ? "O" : "/")}\n"))), Register);
        var directory = app.Get<StudentDirectory>();
        var ada = (await directory.FindAsync(StudentUniqueId.Parse("s1"), default))!.Value;
        var screened = await app.Get<ScreeningRuns>().ScreenSchoolAsync(North, Year, Today, save: false, default);
        var levels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var result in screened.Results) levels[await IdOfAsync(result.Student)] = $"{result.Level}: {string.Join(", ", result.Triggers.Select(t => t.RuleId))}";
        var referrals = new List<string>();
        foreach (var referral in await app.Get<ReferralStore>().ReadOpenAsync(default)) referrals.Add($"{await IdOfAsync(referral.Student)} {referral.State}");
        return new Outcome(
            await app.MarksAsync("North", Year), levels, referrals, (await directory.IdentifyAsync(ada, default))!.GivenName);

        async Task<string> IdOfAsync(StudentKey student) => (await directory.IdentifyAsync(student, default))!.UniqueId.Value;
    }

    private sealed record Outcome(
        Dictionary<(string Student, DateOnly Date, int Session), Mark> Marks, SortedDictionary<string, string> Levels, List<string> Referrals, string? Name);

    [GeneratedRegex(@"\(PartitionKey='[^']+',RowKey='[^']*'\)$")]
    private static partial Regex ByKey();

    [GeneratedRegex(@"\$filter=PartitionKey eq '[^']+' and RowKey ge '.*' and RowKey lt '.+'")]
    private static partial Regex ByRange();
}
