using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using Xunit;

namespace SchoolSignal.Domain.Tests.Auditing;

/// <summary>Months past the district's time are let go as a whole, and what stays is still verified.</summary>
public sealed class AuditRetentionTests : IDisposable
{
    private readonly AuditHouse house = new(chains: 2);

    private DistrictSettingsStore Settings => new(house.Store.Tables, AuditHouse.District);

    private AuditRetention Retention => new(
        house.Store.Tables, house.Seals, new AuditVerifier(house.Store.Tables, house.Seals, house.Keys, AuditHouse.District), house.Keys, house.Trail,
        Settings, AuditHouse.District, house.Clock);

    /// <summary>January of the one of the two chains that <see cref="AuditHouse.FillAsync"/> fills.</summary>
    private PartitionKey CounsellorsChain => AuditHouse.Partition(house.Chains.ChainOf(AuditHouse.Counsellor.Who));

    public void Dispose() => house.Dispose();

    [Fact]
    public async Task Drop_WithoutASetting_KeepsEverything()
    {
        await house.FillAsync(3, seal: true);
        house.Clock.Advance(TimeSpan.FromDays(365 * 9));
        Assert.Equal(0, await Retention.DropAsync(CancellationToken.None));
        Assert.NotEmpty(await AllRowsAsync("202601"));
    }

    [Theory]
    [InlineData(24, "2028-01-31", 0)]
    [InlineData(24, "2028-02-01", 1)]
    [InlineData(25, "2028-02-29", 0)]
    public async Task Drop_MonthsAtTheEdge_AreKeptThroughTheLastDay(int kept, string today, int dropped)
    {
        await KeepAsync(kept);
        await house.FillAsync(5, seal: true);
        MoveTo(today);
        Assert.Equal(dropped, await Retention.DropAsync(CancellationToken.None));
        Assert.Equal(dropped == 1, (await AllRowsAsync("202601")).Count == 0);
        Assert.True((await house.VerifyAsync()).IsWhole);
    }

    [Fact]
    public async Task Drop_MonthsThatGoOn_AreVerifiedAfterwardsAndTheNextDropsToo()
    {
        await KeepAsync(24);
        await house.FillAsync(6, seal: true);
        MoveTo("2026-02-10");
        await house.FillAsync(6, seal: true);
        // Late to January: behind the point upon which February goes on.
        await house.Chains.AppendAsync(house.Write(StudentKey.New()) with { At = new DateTimeOffset(2026, 1, 20, 0, 0, 0, TimeSpan.Zero) }, CancellationToken.None);
        MoveTo("2028-02-20");
        Assert.Equal(1, await Retention.DropAsync(CancellationToken.None));
        Assert.Equal(0, await Retention.DropAsync(CancellationToken.None));
        var found = await house.VerifyAsync();
        Assert.Empty(found.Findings);
        Assert.Equal(1, found.DroppedMonths);
        Assert.Empty(await AllRowsAsync("202601"));
        Assert.NotEmpty(await AllRowsAsync("202602"));

        // Of two years nobody did anything but the drop: the chains go on from months that are gone.
        MoveTo("2031-05-01");
        Assert.Equal(2, await Retention.DropAsync(CancellationToken.None));
        await house.FillAsync(6, seal: true);
        found = await house.VerifyAsync();
        Assert.Empty(found.Findings);
        Assert.Equal(3, found.DroppedMonths);
        Assert.Contains(await EntriesAsync("203105"), entry => entry is { Action: AuditAction.DropAudit, Reference: "202602" });
    }

    [Fact]
    public async Task Drop_MonthWithAFault_StaysToBeLookedAt()
    {
        await KeepAsync(24);
        await house.FillAsync(6, seal: true);
        var row = (await house.Store.RowsAsync(TableName.Audit, CounsellorsChain, ChainRows.Entries))[0];
        await CommitAsync(CounsellorsChain, new RowChange.Delete(row.Key, row.ETag));
        MoveTo("2029-01-01");
        Assert.Equal(0, await Retention.DropAsync(CancellationToken.None));
        Assert.False((await house.VerifyAsync()).IsWhole);
    }

    [Fact]
    public async Task Drop_CutShort_GoesOnTheNextTime()
    {
        await KeepAsync(24);
        await house.FillAsync(6, seal: true);
        MoveTo("2029-01-01");
        await Retention.DropAsync(CancellationToken.None);
        // As after a crash: the ends are kept, and one row is still there.
        var key = ChainRows.HeadsKey("202601");
        var held = (await house.Store.Tables.GetAsync(TableName.Audit, ChainMonths.Registry(AuditHouse.District), key, CancellationToken.None))!.Value;
        await CommitAsync(ChainMonths.Registry(AuditHouse.District), new RowChange.Replace(key, held.ETag, (MonthHeads.Read(held)! with { IsEmptied = false }).Write()));
        await CommitAsync(CounsellorsChain, new RowChange.Insert(ChainRows.EntryKey("20260115", 1), new byte[] { 1 }));
        Assert.True((await house.VerifyAsync()).IsWhole);
        Assert.Equal(1, await Retention.DropAsync(CancellationToken.None));
        Assert.Empty(await AllRowsAsync("202601"));
    }

    [Theory]
    [InlineData("sequence")]
    [InlineData("gone")]
    public async Task Heads_ChangedByAHandOnTheTable_AreFound(string what)
    {
        await KeepAsync(24);
        await house.FillAsync(6, seal: true);
        MoveTo("2026-02-10");
        await house.FillAsync(6, seal: true);
        MoveTo("2028-02-20");
        await Retention.DropAsync(CancellationToken.None);
        var registry = ChainMonths.Registry(AuditHouse.District);
        var key = ChainRows.HeadsKey("202601");
        var held = (await house.Store.Tables.GetAsync(TableName.Audit, registry, key, CancellationToken.None))!.Value;
        var heads = MonthHeads.Read(held)!;
        var forged = heads with { Chains = [.. heads.Chains.Select(head => head with { Point = head.Point with { Sequence = head.Point.Sequence - 1 } })] };
        await CommitAsync(registry, what == "gone" ? new RowChange.Delete(key, held.ETag) : new RowChange.Replace(key, held.ETag, forged.Write()));
        Assert.False((await house.VerifyAsync()).IsWhole);
    }

    private async Task KeepAsync(int months) =>
        await Settings.ChangeAsync((settings, _) => ValueTask.FromResult(settings with { AuditMonths = months }), CancellationToken.None);

    private void MoveTo(string day) => house.Clock.SetUtcNow(new DateTimeOffset(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), new TimeOnly(12, 0), TimeSpan.Zero));

    private async Task<List<TableRow>> AllRowsAsync(string month) => [.. await house.RowsAsync(0, month), .. await house.RowsAsync(1, month)];

    private async Task<List<AuditEntry>> EntriesAsync(string month) => [.. await house.EntriesAsync(0, month), .. await house.EntriesAsync(1, month)];

    private async Task CommitAsync(PartitionKey partition, RowChange change) =>
        Assert.IsType<CommitResult.Committed>(await house.Store.Tables.CommitAsync(TableName.Audit, partition, [change], CancellationToken.None));
}
