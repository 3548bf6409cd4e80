using CsCheck;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class WorklistTests : IDisposable
{
    private readonly ReferralRig rig = new();

    public void Dispose() => rig.Dispose();

    private async Task<Referral> OpenAsync(int day, Level level, decimal priority, SchoolId? school = null, DistrictCapacity? capacity = null)
    {
        var result = Screened(March(day), level, student: StudentKey.New(), school: school) with { Priority = priority };
        var change = await rig.Referrals.ApplyAsync(result, _ => null, capacity ?? DistrictCapacity.Unlimited, CancellationToken.None);
        return ((ReferralChange.Made)change).After;
    }

    private async Task<WorklistPage> ReadAsync()
    {
        await rig.ProjectAsync();
        return await rig.Worklist.ReadAsync([Oakfield, Riverside], CancellationToken.None);
    }

    [Fact]
    public async Task Read_SeveralReferrals_AreOrderedByLevelThenPriorityThenAge()
    {
        var late = await OpenAsync(12, Level.Raised, 6);
        var early = await OpenAsync(10, Level.Raised, 6);
        var more = await OpenAsync(12, Level.Raised, 7, Riverside);
        var high = await OpenAsync(13, Level.High, 5);
        Assert.Equal([high.Id, more.Id, early.Id, late.Id], (await ReadAsync()).Listed.Select(r => r.Id));
        Assert.Equal([more.Id], (await rig.Worklist.ReadAsync(Riverside, CancellationToken.None)).Listed.Select(r => r.Id));
    }

    [Fact]
    public async Task Consume_ClosedReferral_LeavesTheWorklist()
    {
        var referral = await OpenAsync(10, Level.Raised, 6);
        Assert.Single((await ReadAsync()).Listed);
        await rig.Referrals.TakeAsync(referral.Student, referral.Id, new CaseStep.Acknowledge(), new StepTaker(Counsellor, March(11)), CancellationToken.None);
        Assert.Equal(ReferralState.Acknowledged, Assert.Single((await ReadAsync()).Listed).State);
        await rig.Referrals.TakeAsync(referral.Student, referral.Id, new CaseStep.Close(Verdict.AlreadyKnown, null), new StepTaker(Counsellor, March(11)), CancellationToken.None);
        Assert.Empty((await ReadAsync()).Listed);
    }

    [Fact]
    public async Task Consume_AnyOrderAndAnyRepetition_EndsEqual()
    {
        var students = Enumerable.Range(0, 4).Select(_ => StudentKey.New()).ToList();
        for (var day = 1; day <= 20; day++)
        {
            foreach (var student in students)
            {
                var level = (Level)((day * 7 + student.Value.ToByteArray()[0]) % 4);
                var school = (day + student.Value.ToByteArray()[1]) % 9 == 0 ? Riverside : Oakfield;
                await rig.Referrals.ApplyAsync(
                    Screened(March(day), level, [March(day)], student, school),
                    then => Screened(then, day % 5 == 0 ? Level.None : Level.Raised, student: student), DistrictCapacity.Unlimited, CancellationToken.None);
            }
        }
        var messages = await rig.ReceiveAsync();
        Assert.True(messages.Count > 20);
        await rig.Projection.RebuildAsync([Oakfield, Riverside], CancellationToken.None);
        var expected = Ids(await rig.Worklist.ReadAsync([Oakfield, Riverside], CancellationToken.None));

        await Gen.Shuffle(messages.ToArray()).Select(Gen.Int[0, messages.Count - 1].Array[5]).SampleAsync(async (order, repeated) =>
        {
            await ClearAsync();
            foreach (var envelope in order.Concat(repeated.Select(i => messages[i]))) await rig.Projection.ConsumeAsync(envelope, CancellationToken.None);
            Assert.Equal(expected, Ids(await rig.Worklist.ReadAsync([Oakfield, Riverside], CancellationToken.None)));
        }, iter: 10, threads: 1);
    }

    [Fact]
    public async Task Consume_BesideChangesOnManyThreads_EndsLikeTheReferrals()
    {
        var referrals = new List<Referral>();
        for (var i = 0; i < 8; i++) referrals.Add(await OpenAsync(10, Level.Raised, i));
        var messages = await rig.ReceiveAsync();
        await Task.WhenAll(referrals.SelectMany((referral, i) => new[]
        {
            Task.Run(() => rig.Projection.ConsumeAsync(messages[i], CancellationToken.None)),
            Task.Run(async () =>
            {
                await rig.Referrals.TakeAsync(referral.Student, referral.Id, new CaseStep.Acknowledge(), new StepTaker(Counsellor, March(11)), CancellationToken.None);
                if (i % 2 == 0)
                    await rig.Referrals.TakeAsync(referral.Student, referral.Id, new CaseStep.Close(Verdict.Supported, null), new StepTaker(Counsellor, March(11)), CancellationToken.None);
                await rig.Projection.ConsumeAsync(messages[i], CancellationToken.None);
            }),
            Task.Run(() => rig.Projection.ConsumeAsync(messages[i], CancellationToken.None)),
        }));
        var listed = (await ReadAsync()).Listed;
        Assert.Equal(referrals.Where((_, i) => i % 2 == 1).Select(r => r.Id).Order(ById), listed.Select(r => r.Id).Order(ById));
        Assert.All(listed, r => Assert.Equal(ReferralState.Acknowledged, r.State));
    }

    [Fact]
    public async Task Consume_SlowWriterOfAReferralClosedMeanwhile_TakesItsRowBack()
    {
        var referral = await OpenAsync(10, Level.Raised, 6);
        var opened = Assert.Single(await rig.ReceiveAsync());
        var tables = new PausingTables(rig.Tables);
        var slow = Task.Run(() => new WorklistProjection(tables, rig.Referrals, Cast.District).ConsumeAsync(opened, CancellationToken.None));
        await tables.Reached;
        await rig.Referrals.TakeAsync(referral.Student, referral.Id, new CaseStep.Acknowledge(), new StepTaker(Counsellor, March(11)), CancellationToken.None);
        await rig.Referrals.TakeAsync(referral.Student, referral.Id, new CaseStep.Close(Verdict.Supported, null), new StepTaker(Counsellor, March(11)), CancellationToken.None);
        await rig.ProjectAsync();
        tables.Resume();
        await slow;
        Assert.Empty((await rig.Worklist.ReadAsync(Oakfield, CancellationToken.None)).Listed);
    }

    [Fact]
    public async Task Rebuild_RowsLostAndLeftOver_AreMadeAnew()
    {
        var kept = await OpenAsync(10, Level.Raised, 6);
        var closed = await OpenAsync(10, Level.Raised, 6);
        await ReadAsync();
        await rig.Referrals.TakeAsync(closed.Student, closed.Id, new CaseStep.Acknowledge(), new StepTaker(Counsellor, March(11)), CancellationToken.None);
        await rig.Referrals.TakeAsync(closed.Student, closed.Id, new CaseStep.Close(Verdict.Supported, null), new StepTaker(Counsellor, March(11)), CancellationToken.None);
        await rig.ReceiveAsync();
        Assert.Equal(1, await rig.Projection.RebuildAsync([Oakfield], CancellationToken.None));
        Assert.Equal([kept.Id], (await rig.Worklist.ReadAsync(Oakfield, CancellationToken.None)).Listed.Select(r => r.Id));
        await ClearAsync();
        await rig.Projection.RebuildAsync([Oakfield], CancellationToken.None);
        Assert.Equal([kept.Id], (await rig.Worklist.ReadAsync(Oakfield, CancellationToken.None)).Listed.Select(r => r.Id));
    }

    [Fact]
    public async Task Release_CapOfTwoAWeek_ReleasesTheFirstTwoAndNextWeekTheRest()
    {
        var waiting = new List<Referral>();
        for (var priority = 1; priority <= 3; priority++) waiting.Add(await OpenAsync(10, Level.Raised, priority, capacity: Cap(2)));
        var high = await OpenAsync(10, Level.High, 9, capacity: Cap(2));
        var page = await ReadAsync();
        Assert.Equal([high.Id], page.Listed.Select(r => r.Id));
        Assert.Equal([waiting[2].Id, waiting[1].Id, waiting[0].Id], page.Waiting.Select(r => r.Id));

        Assert.Equal(2, await rig.WeeklyCap.ReleaseAsync(Oakfield, Cap(2), March(10), CancellationToken.None));
        var messages = await rig.ReceiveAsync();
        Assert.All(messages, m => Assert.True(ReferralChanged.Read(m).Alerts));
        Assert.Equal(0, await rig.WeeklyCap.ReleaseAsync(Oakfield, Cap(2), March(10), CancellationToken.None));
        foreach (var message in messages) await rig.Projection.ConsumeAsync(message, CancellationToken.None);
        Assert.Equal([high.Id, waiting[2].Id, waiting[1].Id], (await ReadAsync()).Listed.Select(r => r.Id));

        // Sunday is the same week, Monday the next.
        Assert.Equal(0, await rig.WeeklyCap.ReleaseAsync(Oakfield, Cap(2), March(15), CancellationToken.None));
        Assert.Equal(1, await rig.WeeklyCap.ReleaseAsync(Oakfield, Cap(2), March(16), CancellationToken.None));
        Assert.Empty((await ReadAsync()).Waiting);
    }

    [Fact]
    public async Task Release_BrokenOffAfterCounting_IsFinishedByTheNextRun()
    {
        var referral = await OpenAsync(10, Level.Raised, 1, capacity: Cap(1));
        await OpenAsync(10, Level.Raised, 0, capacity: Cap(1));
        await rig.ProjectAsync();
        var refusing = new RefusingTables(rig.Tables);
        var broken = new ReferralStore(refusing, new Outbox(refusing, rig.Store.Queue), Cast.District, rig.Partitions, rig.Clock);
        await Assert.ThrowsAsync<IOException>(() => new WeeklyCap(rig.Tables, broken, rig.Worklist, Cast.District)
            .ReleaseAsync(Oakfield, Cap(1), March(10), CancellationToken.None));
        Assert.Equal(1, await rig.WeeklyCap.ReleaseAsync(Oakfield, Cap(1), March(10), CancellationToken.None));
        Assert.Equal([referral.Id], (await ReadAsync()).Listed.Select(r => r.Id));
    }

    [Fact]
    public async Task Release_CapTakenBack_ReleasesAll()
    {
        for (var i = 0; i < 3; i++) await OpenAsync(10, Level.Raised, i, capacity: Cap(0));
        await rig.ProjectAsync();
        Assert.Equal(0, await rig.WeeklyCap.ReleaseAsync(Oakfield, Cap(0), March(10), CancellationToken.None));
        Assert.Equal(3, await rig.WeeklyCap.ReleaseAsync(Oakfield, DistrictCapacity.Unlimited, March(10), CancellationToken.None));
    }

    private static readonly Comparer<ReferralId> ById = Comparer<ReferralId>.Create((left, right) => left.Value.CompareTo(right.Value));

    private static List<(ReferralId, int, SchoolId)> Ids(WorklistPage page) => [.. page.Listed.Concat(page.Waiting).Select(r => (r.Id, r.Revision, r.School))];

    private async Task ClearAsync()
    {
        foreach (var school in new[] { Oakfield, Riverside })
        {
            var partition = PartitionKey.Of(Cast.District.Value, school.Value);
            foreach (var row in await rig.Store.RowsAsync(TableName.Schools, partition, RowKeyRange.Under("W")))
                await rig.Tables.CommitAsync(TableName.Schools, partition, [new RowChange.Delete(row.Key, row.ETag)], CancellationToken.None);
        }
    }

    /// <summary>Holds its first write back until it may go on.</summary>
    private sealed class PausingTables(ITableStore tables) : ITableStore
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => reached.Task;

        public void Resume() => resumed.SetResult();

        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
            tables.GetAsync(table, partition, key, cancellationToken);

        public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken) =>
            tables.QueryAsync(table, partition, range, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
        {
            reached.TrySetResult();
            await resumed.Task;
            return await tables.CommitAsync(table, partition, changes, cancellationToken);
        }
    }

    /// <summary>Reads, but the process dies at the first write.</summary>
    private sealed class RefusingTables(ITableStore tables) : ITableStore
    {
        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
            tables.GetAsync(table, partition, key, cancellationToken);

        public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken) =>
            tables.QueryAsync(table, partition, range, cancellationToken);

        public ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
            throw new IOException("The process ends here.");
    }
}
