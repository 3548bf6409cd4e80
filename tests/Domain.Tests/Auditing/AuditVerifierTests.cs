using System.Text;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using Xunit;

namespace SchoolSignal.Domain.Tests.Auditing;

/// <summary>Every way of tampering that guarantees.md §4 names is found, with its place; and what is whole is called whole.</summary>
public sealed class AuditVerifierTests : IDisposable
{
    private readonly AuditHouse house = new();

    [Fact]
    public async Task VerifyAsync_Untouched_IsWhole()
    {
        await house.FillAsync(10, seal: true);
        await house.Log.ReadListAsync(
            AuditHouse.Counsellor, AuditAction.ReadWorklist, Enumerable.Range(0, 30).Select(_ => (StudentKey.New(), AuditHouse.Elm)), CancellationToken.None);
        await house.Log.ReadAsync(AuditHouse.Counsellor, AuditAction.ReadCase, StudentKey.New(), AuditHouse.Elm, null, CancellationToken.None);

        var found = await house.VerifyAsync();
        Assert.Empty(found.Findings);
        Assert.True(found.IsWhole);
        Assert.Equal((12, 1, 1), (found.Entries, found.Chains, found.Seals));
    }

    [Fact]
    public async Task VerifyAsync_EntryEdited_IsFoundAtItsPlace()
    {
        await house.FillAsync(10);
        var row = await EntryAsync(4);
        var text = Encoding.Latin1.GetString(row.Body.Span).Replace("ref-1", "ref-2", StringComparison.Ordinal);
        await house.TamperAsync(new RowChange.Replace(row.Key, row.ETag, Encoding.Latin1.GetBytes(text)));

        var finding = Assert.Single((await house.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.Edited, "202601", 0, 4L), (finding.Fault, finding.Month, finding.Chain, finding.Sequence));
        Assert.NotNull(finding.At);
    }

    [Fact]
    public async Task VerifyAsync_EntryDeleted_IsFoundAtItsPlace()
    {
        await house.FillAsync(10);
        var row = await EntryAsync(7);
        await house.TamperAsync(new RowChange.Delete(row.Key, row.ETag));

        var found = await house.VerifyAsync();
        Assert.Contains(found.Findings, f => f is { Fault: AuditFault.Deleted, Sequence: 7 });
        Assert.DoesNotContain(found.Findings, f => f.Fault == AuditFault.Edited);
    }

    [Fact]
    public async Task VerifyAsync_TwoEntriesExchanged_IsFoundAtBothPlaces()
    {
        await house.FillAsync(10);
        var (third, eighth) = (await EntryAsync(3), await EntryAsync(8));
        await house.TamperAsync(new RowChange.Replace(third.Key, third.ETag, eighth.Body), new RowChange.Replace(eighth.Key, eighth.ETag, third.Body));

        var found = await house.VerifyAsync();
        Assert.Equal([3L, 8L], found.Findings.Where(f => f.Fault == AuditFault.Reordered).Select(f => f.Sequence!.Value));
    }

    [Fact]
    public async Task VerifyAsync_LastEntriesDeletedUnderTheTail_IsFound()
    {
        await house.FillAsync(10);
        await house.TamperAsync(await DeletesAsync(9, 10));
        Assert.Contains((await house.VerifyAsync()).Findings, f => f is { Fault: AuditFault.CutTail, Sequence: 10 });
    }

    [Fact]
    public async Task VerifyAsync_TailSetBackWithItsOwnOldSignature_IsFoundByTheSeal()
    {
        await house.FillAsync(6);
        var old = await TailAsync();
        await house.FillAsync(4, seal: true);
        var now = await TailAsync();
        await house.TamperAsync([.. await DeletesAsync(7, 10), new RowChange.Replace(now.Key, now.ETag, old.Body)]);

        var finding = Assert.Single((await house.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.CutTail, 10L), (finding.Fault, finding.Sequence));
        Assert.Equal(house.Clock.GetUtcNow(), finding.At);
    }

    [Fact]
    public async Task VerifyAsync_ChainCutAndGrownAgain_IsFoundAsForkByTheSeal()
    {
        await house.FillAsync(6);
        var old = await TailAsync();
        await house.FillAsync(4, seal: true);
        var now = await TailAsync();
        await house.TamperAsync([.. await DeletesAsync(7, 10), new RowChange.Replace(now.Key, now.ETag, old.Body)]);
        // Another process, which never saw the cut entries, appends in good faith and signs.
        for (var i = 0; i < 6; i++) await house.NewProcess().AppendAsync(house.Write(StudentKey.New()), CancellationToken.None);

        var finding = Assert.Single((await house.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.Forked, 10L), (finding.Fault, finding.Sequence));
    }

    [Fact]
    public async Task VerifyAsync_TwoWritersEachOnItsOwnCopy_IsFoundAsFork()
    {
        await house.FillAsync(5);
        var common = await TailAsync();
        await house.FillAsync(1, seal: true);
        var mine = await TailAsync();
        // The second writer's table was restored from before the sixth entry; it seals into the same archive.
        await house.TamperAsync([.. await DeletesAsync(6, 6), new RowChange.Replace(mine.Key, mine.ETag, common.Body)]);
        await house.NewProcess().AppendAsync(house.Write(StudentKey.New()), CancellationToken.None);
        await house.NewProcess().AppendAsync(house.Write(StudentKey.New()), CancellationToken.None);
        await house.Seals.SealAsync(CancellationToken.None);

        Assert.Contains((await house.VerifyAsync()).Findings, f => f is { Fault: AuditFault.Forked, Sequence: 6 });
    }

    [Fact]
    public async Task VerifyAsync_SecondEntryBesideOne_IsFoundAsFork()
    {
        await house.FillAsync(5);
        var row = await EntryAsync(3);
        await house.TamperAsync(new RowChange.Insert(ChainRows.EntryKey("20260116", 3), row.Body));
        Assert.Contains((await house.VerifyAsync()).Findings, f => f.Fault == AuditFault.Forked);
    }

    [Fact]
    public async Task VerifyAsync_ChainMadeAnewWithoutTheKey_IsFoundAsNotSigned()
    {
        await house.FillAsync(3);
        // Everything recomputed as anybody can, but for the signature of the tail.
        var hash = ChainRows.Genesis(AuditHouse.Partition(), """{}"""u8);
        var changes = new List<RowChange>();
        for (var i = 1; i <= 3; i++)
        {
            var row = await EntryAsync(i);
            var forged = house.Write(StudentKey.New()).ToBytes();
            hash = ChainRows.Next(hash, row.Key, forged);
            changes.Add(new RowChange.Replace(row.Key, row.ETag, ChainRows.Body(i, hash, forged)));
        }
        await house.TamperAsync([.. changes]);
        var tail = await TailAsync();
        var body = Encoding.UTF8.GetString(tail.Body.Span);
        var was = body.IndexOf("\"hash\":\"", StringComparison.Ordinal) + 8;
        await house.TamperAsync(new RowChange.Replace(
            tail.Key, tail.ETag, Encoding.UTF8.GetBytes(body[..was] + Convert.ToHexStringLower(hash) + body[(was + 64)..])));

        Assert.Contains((await house.VerifyAsync()).Findings, f => f.Fault == AuditFault.NotSigned);
        await Assert.ThrowsAsync<InvalidOperationException>(() => house.NewProcess().AppendAsync(house.Write(StudentKey.New()), CancellationToken.None));
    }

    [Fact]
    public async Task VerifyAsync_SealDeleted_IsFound()
    {
        await house.FillAsync(3, seal: true);
        await house.FillAsync(3, seal: true);
        var first = await house.Archive.ListAsync(ArchivePath.Of("audit"), CancellationToken.None).FirstAsync();
        await house.Archive.DeleteAsync(first, CancellationToken.None);
        Assert.Equal(AuditFault.SealMissing, Assert.Single((await house.VerifyAsync()).Findings).Fault);
    }

    [Fact]
    public async Task VerifyAsync_DisclosureHiddenFromSubjectAccess_IsFound()
    {
        await house.FillAsync(3);
        var index = (await house.RowsAsync()).First(row => row.Key.Value.StartsWith("P|", StringComparison.Ordinal));
        await house.TamperAsync(new RowChange.Delete(index.Key, index.ETag));
        Assert.Equal(AuditFault.IndexDiffers, Assert.Single((await house.VerifyAsync()).Findings).Fault);
    }

    [Fact]
    public async Task VerifyAsync_NextMonth_GoesOnFromTheLast()
    {
        await house.FillAsync(3, seal: true);
        var late = house.Write(StudentKey.New());
        house.Clock.Advance(TimeSpan.FromDays(31));
        await house.FillAsync(3, seal: true);
        await house.Chains.AppendAsync(late, CancellationToken.None);
        await house.Seals.SealAsync(CancellationToken.None);

        Assert.Equal(4, (await house.EntriesAsync()).Count);
        Assert.Equal(3, (await house.EntriesAsync(month: "202602")).Count);
        Assert.Empty((await house.VerifyAsync()).Findings);
        Assert.Equal(3, (await house.VerifyAsync(from: "202602")).Entries);
        Assert.Equal(4, (await house.VerifyAsync(to: "202601")).Entries);
    }

    [Fact]
    public async Task VerifyAsync_MonthMadeAnewWithoutSeals_IsFoundByTheNextMonth()
    {
        await house.FillAsync(3);
        house.Clock.Advance(TimeSpan.FromDays(31));
        await house.FillAsync(3);
        await house.TamperAsync([.. await DeletesAsync(3, 3)]);
        Assert.Contains((await house.VerifyAsync(from: "202602")).Findings, f => f is { Fault: AuditFault.CutTail, Month: "202601", Sequence: 3 });
    }

    [Fact]
    public async Task VerifyAsync_WhileAppendsGoOn_IsWhole()
    {
        await house.FillAsync(50, seal: true);
        using var stop = new CancellationTokenSource();
        var appends = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await house.Chains.AppendAsync(house.Write(StudentKey.New()), CancellationToken.None);
        });
        for (var i = 0; i < 20; i++) Assert.Empty((await house.VerifyAsync()).Findings);
        await stop.CancelAsync();
        await appends;
    }

    [Fact]
    public async Task SealAsync_CrashBeforeTheCount_LeavesASealTooManyAndNoFault()
    {
        await house.FillAsync(3);
        var counting = new AuditSeals(new RefusingTables(house.Store.Tables), house.Archive, house.Keys, AuditHouse.District, house.Clock);
        await Assert.ThrowsAsync<IOException>(() => counting.SealAsync(CancellationToken.None));
        Assert.Empty((await house.VerifyAsync()).Findings);
        await house.FillAsync(3, seal: true);
        Assert.Empty((await house.VerifyAsync()).Findings);
    }

    [Fact]
    public async Task SealAsync_NothingSinceTheLast_MakesNone()
    {
        await house.FillAsync(3, seal: true);
        Assert.Equal(0, await house.Seals.SealAsync(CancellationToken.None));
        Assert.Equal(1, (await house.VerifyAsync()).Seals);
    }

    [Fact]
    public async Task AppendAsync_CrashBeforeTheCommit_TheRetryAppendsOnceAndTheChainIsWhole()
    {
        var entry = house.Write(StudentKey.New());
        var failing = new AuditChains(new RefusingTables(house.Store.Tables), house.Keys, AuditHouse.District, house.Clock, 1);
        await house.FillAsync(1);
        await Assert.ThrowsAsync<IOException>(() => failing.AppendAsync(entry, CancellationToken.None));
        await house.Chains.AppendAsync(entry, CancellationToken.None);
        Assert.Equal(2, (await house.VerifyAsync()).Entries);
        Assert.Empty((await house.VerifyAsync()).Findings);
    }

    [Fact]
    public async Task AppendAsync_ReplyLostAfterTheCommit_TheRetryAppendsOnceAndTheChainIsWhole()
    {
        var entry = house.Write(StudentKey.New());
        var failing = new AuditChains(new RefusingTables(house.Store.Tables) { CommitsFirst = true }, house.Keys, AuditHouse.District, house.Clock, 1);
        await house.FillAsync(1);
        await Assert.ThrowsAsync<IOException>(() => failing.AppendAsync(entry, CancellationToken.None));
        await house.Chains.AppendAsync(entry, CancellationToken.None);
        Assert.Equal(2, (await house.VerifyAsync()).Entries);
        Assert.Empty((await house.VerifyAsync()).Findings);
    }

    public void Dispose() => house.Dispose();

    private async Task<TableRow> EntryAsync(int sequence) =>
        (await house.Store.RowsAsync(TableName.Audit, AuditHouse.Partition(), ChainRows.Entries))[sequence - 1];

    private async Task<TableRow> TailAsync() =>
        (await house.Store.Tables.GetAsync(TableName.Audit, AuditHouse.Partition(), ChainRows.TailKey, CancellationToken.None))!.Value;

    /// <summary>The entries and what the index says of them.</summary>
    private async Task<RowChange[]> DeletesAsync(int first, int last) =>
    [
        .. from row in await house.RowsAsync()
           where row.Key != ChainRows.TailKey
           let sequence = row.Key.Value[0] == 'E' ? ChainRows.Read(row.Body)!.Value.Sequence : ChainRows.SequenceIn(row.Body.Span)!.Value
           where sequence >= first && sequence <= last
           select new RowChange.Delete(row.Key, row.ETag),
    ];

    /// <summary>A table whose commits break, before or after they are done.</summary>
    private sealed class RefusingTables(ITableStore inner) : ITableStore
    {
        public bool CommitsFirst { get; init; }

        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
            inner.GetAsync(table, partition, key, cancellationToken);

        public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken) =>
            inner.QueryAsync(table, partition, range, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(
            TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
        {
            if (CommitsFirst) await inner.CommitAsync(table, partition, changes, cancellationToken);
            throw new IOException("The line went dead.");
        }
    }
}
