using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>What imports and screenings leave in the audit: one entry for each run and school, however often the work is
/// begun again.</summary>
public sealed class AuditedRunsTests : IAsyncDisposable
{
    private static readonly DateOnly Today = new(2026, 1, 15);
    private static readonly Authority Sender = new(AuditActor.Staff("d-1"), [Role.DataManager], AccessReason.RolePermits);

    private readonly LocalApp app = new(Today);

    [Fact]
    public async Task Import_TwoSchools_OneEntryForEachRunAndSchool()
    {
        var roster = await SendRosterAsync();
        await SendAttendanceAsync();

        var rosters = await EntriesAsync(AuditAction.ImportRoster);
        Assert.Equal(["s1", "s2"], rosters.Select(e => e.School!.Value.Value).Order());
        Assert.All(rosters, e => Assert.Equal(("staff d-1", roster.Status.Id.Value), (e.Who.Value, e.Reference)));
        Assert.Equal([2, 1], rosters.OrderBy(e => e.School).Select(e => e.Count!.Value));
        Assert.Equal(["s1", "s2"], (await EntriesAsync(AuditAction.ImportAttendance)).Select(e => e.School!.Value.Value).Order());
        Assert.Equal(["s1", "s2"], (await EntriesAsync(AuditAction.ScreenSchool)).Select(e => e.School!.Value.Value).Order());
        Assert.True((await VerifyAsync()).IsWhole);
    }

    [Fact]
    public async Task Import_BatchAndBaselineDeliveredAgain_LeaveOneEntry()
    {
        await SendRosterAsync();
        var report = await SendAttendanceAsync();
        var batch = (await app.Get<FeedStore>().BatchesAsync(report.Status.Id, default)).Single(b => b.School == "s1");
        var message = Envelope.First(
            $"feed {report.Status.Id} s1 {batch.EndYear}", FeedSplitter.BatchKind,
            ("district", "test"), ("feed", report.Status.Id.Value), ("school", "s1"), ("year", $"{batch.EndYear}"), ("batch", $"{batch.Number}"));
        await app.Get<BatchApplier>().ApplyAsync(message, 8, default);
        await app.Get<FeedCompletion>().CheckAsync(report.Status.Id, default);
        await app.Get<BaselineUpdate>().UpdateAsync(
            Envelope.First(
                $"baseline {report.Status.Id} s1 {batch.EndYear} again", FeedCompletion.BaselineKind,
                ("district", "test"), ("feed", report.Status.Id.Value), ("school", "s1"), ("year", $"{batch.EndYear}")), 8, default);
        await app.WorkAsync();
        Assert.Equal(2, (await EntriesAsync(AuditAction.ImportAttendance)).Count);
    }

    [Fact]
    public async Task Observations_Imported_OneEntryForTheSchoolAndTheScreeningOfThePupil()
    {
        await SendRosterAsync();
        await SendAttendanceAsync();
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (s, _) => ValueTask.FromResult(s with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "made up") }), default);
        await app.SendAsync(
            """{"date":"2026-01-14","studentUniqueId":"a","observer":"t-1","items":{"1":4,"2":4,"3":4,"4":4}}""", new FeedRequest(FeedContent.Observations));

        Assert.Equal("s1", Assert.Single(await EntriesAsync(AuditAction.ImportObservations)).School!.Value.Value);
        var screened = Assert.Single(await EntriesAsync(AuditAction.ScreenPupil));
        Assert.Equal(await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("a"), default), screened.Students[0]);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task<FeedReport> SendRosterAsync() => app.SendAsync(
        "studentUniqueId,schoolId,grade,enrolDate\na,s1,7,2025-09-01\nb,s1,7,2025-09-01\nc,s2,7,2025-09-01\n",
        new FeedRequest(FeedContent.Roster) { SentBy = Sender });

    private Task<FeedReport> SendAttendanceAsync() => app.SendAsync(
        "date,schoolId,studentUniqueId,code\n2026-01-12,s1,a,P\n2026-01-12,s1,b,U\n2026-01-12,s2,c,P\n2026-01-13,s1,a,P\n2026-01-13,s1,b,P\n2026-01-13,s2,c,P\n",
        new FeedRequest(FeedContent.Attendance, "us-daily", FeedKind.Register));

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync(AuditAction action) =>
        (await app.Get<AuditSearch>().FindAsync(Authority.CommandLine, new AuditQuery(Today, Today) { Action = action }, default)).Entries;

    private Task<AuditVerification> VerifyAsync() => app.Get<AuditVerifier>().VerifyAsync(null, null, null, default);
}
