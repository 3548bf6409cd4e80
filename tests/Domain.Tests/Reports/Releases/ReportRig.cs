using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Folder;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Privacy;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Reports.Releases;

/// <summary>Reports over a real store and archive, of counts made by hand.</summary>
internal sealed class ReportRig : IDisposable
{
    public static readonly ReportPeriod Week = ReportPeriod.WeekOf(new DateOnly(2026, 3, 9));
    public static readonly Authority Person = Authority.System("test");

    private readonly TempFolder folder = new();
    private int runs;

    public ReportRig() => Restart();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 16, 6, 0, 0, TimeSpan.Zero));

    public DistrictId District { get; } = DistrictId.Parse("valley");

    public TestStore Store { get; } = new();

    public ReportStore Reports { get; private set; } = null!;

    public ReportArchive Archive { get; private set; } = null!;

    public ReportDrafts Drafts { get; private set; } = null!;

    public ReportDesk Desk { get; private set; } = null!;

    public ReportReading Reading { get; private set; } = null!;

    public ReportSettingsStore Settings { get; private set; } = null!;

    public PrivacyLedger Ledger { get; private set; } = null!;

    /// <summary>Every service anew over the same store and archive.</summary>
    public void Restart()
    {
        var tables = Store.Tables;
        Reports = new ReportStore(tables, District);
        Archive = new ReportArchive(new FolderArchive(folder.Path, TimeProvider.System));
        Settings = new ReportSettingsStore(tables, District);
        Ledger = new PrivacyLedger(tables, District, Clock);
        var settings = new DistrictSettingsStore(tables, District);
        var protection = new ReportProtection(Reports, Archive, Settings, settings, Ledger, Clock);
        // What is counted comes from the test.
        var counting = new PeriodCounting(tables, new Outbox(tables, Store.Queue), null!, null!, settings, null!, null!, null!, null!, District, Clock);
        Drafts = new ReportDrafts(Reports, Archive, protection, counting, Clock);
        Desk = new ReportDesk(Reports, Drafts, new Outbox(tables, Store.Queue), Clock);
        Reading = new ReportReading(Reports, Archive, Drafts, settings, Clock);
    }

    /// <summary>Puts a whole count together, as its last part does.</summary>
    public async Task<ReportId?> CountAsync(ReportPeriod period, params IReadOnlyList<SchoolCounts> schools)
    {
        var key = ReportKeys.Run(period, ++runs);
        var row = new RowChange.Insert(key, System.Text.Encoding.UTF8.GetBytes($$"""{"run":{{runs}},"parts":0,"askedAt":"2026-03-16T05:30:00+00:00"}"""));
        var committed = Assert.IsType<CommitResult.Committed>(
            await Store.Tables.CommitAsync(TableName.Reports, ReportKeys.Partition(District), [row], CancellationToken.None));
        return await Drafts.MakeAsync(
            new FinishedCount(new PeriodCounts(period, schools), new RowChange.Replace(key, committed.ETags[0], new byte[] { 1 }), runs), CancellationToken.None);
    }

    public async Task<ReportId> ReleaseAsync(ReportPeriod period, params IReadOnlyList<SchoolCounts> schools)
    {
        var id = (await CountAsync(period, schools))!.Value;
        Assert.Equal(ReportStepResult.Done, await Desk.PreviewAsync(id, Person, CancellationToken.None));
        Assert.Equal(ReportStepResult.Done, await Desk.ReleaseAsync(id, Person, CancellationToken.None));
        return id;
    }

    public async Task<Report> FindAsync(ReportId id) => (await Reports.FindAsync(id, CancellationToken.None))!.Report;

    public async Task<IReadOnlyList<ReportFact>> FactsAsync(ReportId id) => ReportFacts.Of(await Archive.ReadAsync(id, CancellationToken.None));

    public static ReportPeriod WeekAfter(int weeks) => ReportPeriod.WeekOf(Week.First.AddDays(7 * weeks));

    /// <summary>A school of a few hundred pupils with nothing small about it, unless made so.</summary>
    public static SchoolCounts School(string id, int none = 280, int watch = 40, int raised = 30, int high = 20, int absent = 200, int opened = 12) => new(
        SchoolId.Parse(id), CountState.Counted, Week.First.AddDays(4), [none, watch, raised, high],
        [.. new[] { 15, 14, 12, 11 }.Select(signs => Math.Min(signs, none + watch + raised + high))],
        new SessionCounts(new SessionCell(3_400, 360, [10, 10, 10]), new SessionCell(absent, absent / 3, [10, 9, 8]), 0), [],
        ReferralCounts.None with { Opened = opened, Acknowledged = 15, AcknowledgedAfter = [5, 6, 4], ContactedAfter = [0, 3, 8] });

    public void Dispose()
    {
        Store.Dispose();
        folder.Dispose();
    }
}
