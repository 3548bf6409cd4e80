using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Erasure.Files;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;
using static SchoolSignal.Functions.Tests.Erasure.ErasureRig;

namespace SchoolSignal.Functions.Tests.Erasure;

/// <summary>Erasure through the real pipeline: what was sent, formed, referred and told of one pupil goes from the whole data folder.</summary>
public sealed class PupilErasureTests
{
    [Fact]
    public async Task Erase_OfAPupilWhoLiesEverywhere_LeavesNoTraceInTheDataFolder()
    {
        await using var rig = await SeedAsync();
        var before = await rig.MarksOfNeighbourAsync();
        Assert.NotEmpty(FilesWith(await rig.ShownAsync(), Number));

        var counted = await rig.Get<PupilErasure>().CountAsync(Id, default);
        Assert.All(Enum.GetValues<ErasedPlace>(), place => Assert.True(counted[place] > 0, $"Nothing was found in {place}."));
        Assert.NotNull(await rig.Get<StudentDirectory>().FindAsync(Id, default));

        var erased = Assert.IsType<ErasureResult.Erased>(await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Request, default));
        Assert.False(erased.Unfinished);
        Assert.All(Enum.GetValues<ErasedPlace>(), place => Assert.True(erased.Counts[place] >= counted[place], $"Less went from {place} than was found."));
        await rig.App.WorkAsync();
        Assert.True(await rig.Get<SqliteDatabase>().CompactAsync(default));

        // The neighbour's number begins with the pupil's; it and everything of the neighbour's stays.
        Assert.Empty(FilesWith(await rig.ShownAsync(), Number + ",", Number + "\"", Number + ";", Name, Note));
        Assert.All(rig.RowsWithKey(), row => Assert.True(row.StartsWith("audit ", StringComparison.Ordinal) || row.StartsWith("directory test|erased ", StringComparison.Ordinal), row));
        Assert.Equal(before, await rig.MarksOfNeighbourAsync());
        Assert.True((await rig.Get<AuditVerifier>().VerifyAsync(null, null, null, default)).IsWhole);
        Assert.Equal(0, (await rig.Get<PupilErasure>().CountAsync(Id, default)).Total);
    }

    [Fact]
    public async Task Erase_IsInTheAudit_WithWhoAndWhy()
    {
        await using var rig = await SeedAsync();
        var by = new Authority(AuditActor.Staff(Teacher.Value), [Role.Administrator], null);
        await rig.Get<PupilErasure>().EraseAsync(by, Id, ErasureReason.Order, default);
        await rig.Get<PupilErasure>().EraseAsync(by, Id, ErasureReason.Order, default);
        var entries = await rig.Get<Disclosures>().OfPupilAsync(rig.Pupil, [], null, null, default);
        var entry = Assert.Single(entries, e => e.Action == AuditAction.EraseRecord);
        Assert.Equal(("staff tom", "Order"), (entry.Who.Value, entry.Reference));
    }

    /// <summary>A week's turns are counted by referral: whoever is erased keeps the turn, and nobody stands behind it any more.</summary>
    [Fact]
    public async Task Erase_OfAPupilWhoHadATurn_LeavesTheTurnToNobody()
    {
        await using var rig = await SeedAsync();
        var theirs = Assert.Single((await rig.Get<ReferralStore>().ReadPupilAsync(rig.Pupil, default)).All).Id;
        var others = ReferralId.New();
        var (place, key) = (PartitionKey.Of("test", North.Value), RowKey.Of("C", "2026-07"));
        await rig.Get<ITableStore>().CommitAsync(TableName.Schools, place, [new RowChange.Insert(key, Encoding.UTF8.GetBytes($$"""{"referrals":["{{theirs}}","{{others}}"]}"""))], default);

        await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Request, default);

        var left = Encoding.UTF8.GetString((await rig.Get<ITableStore>().GetAsync(TableName.Schools, place, key, default))!.Value.Body.Span);
        Assert.DoesNotContain(theirs.ToString(), left, StringComparison.Ordinal);
        Assert.Contains(others.ToString(), left, StringComparison.Ordinal);
        Assert.Equal(2, left.Split(',').Length);
        Assert.Equal(0, (await rig.Get<PupilErasure>().CountAsync(Id, default)).Total);
    }

    [Fact]
    public async Task Tombstone_HoldsNoNumber_AndAfterItsConfirmationNoKey()
    {
        await using var rig = await SeedAsync();
        await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Mistake, default);
        Assert.Equal(0, await rig.Get<PupilErasure>().ConfirmAsync(default));
        var tombstones = rig.Get<Tombstones>();
        await tombstones.SaveAsync(Id, held => held! with { BegunAt = held.BegunAt - Tombstones.Settle }, default);

        // What came late in between is found by the ids that the tombstone keeps.
        var late = rig.Get<PupilPartitions>().Of(rig.Pupil);
        await rig.Get<ITableStore>().CommitAsync(TableName.Pupils, late, [new RowChange.Insert(RowKey.Of("S", "North", rig.Pupil.ToString()), "{}"u8.ToArray())], default);
        Assert.Equal(0, await rig.Get<PupilErasure>().ConfirmAsync(default));
        Assert.Equal(1, await rig.Get<PupilErasure>().ConfirmAsync(default));
        Assert.NotEmpty(rig.RowsWithKey());
        Assert.All(rig.RowsWithKey(), row => Assert.StartsWith("audit ", row, StringComparison.Ordinal));
        Assert.NotNull(await tombstones.FindAsync(Id, default));
    }

    [Fact]
    public async Task TomorrowsFeeds_OfAnErasedPupil_AreDroppedAndCounted()
    {
        await using var rig = await SeedAsync();
        await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Request, default);

        // An old district file names the pupil among those who opted out.
        await rig.Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { UnresolvedOptOuts = [Id, StudentUniqueId.Parse("yet-to-come")] }), default);
        var roster = await rig.SendRosterAsync();
        Assert.Equal("yet-to-come", Assert.Single((await rig.Get<DistrictSettingsStore>().ReadAsync(default)).Settings.UnresolvedOptOuts).Value);
        Assert.Equal((FeedState.Complete, 1L), (roster.Status.State, roster.Erased));
        var attendance = await rig.SendAttendanceAsync("2026-02-12");
        Assert.Equal((1L, 0L, 2L), (attendance.Erased, attendance.UnknownStudents, attendance.Changed));
        Assert.Contains("\"erased\": 1", FeedReportJson.Write(attendance), StringComparison.Ordinal);
        var withoutSchool = await rig.App.SendAsync(
            $"date,studentUniqueId,code\n2026-02-11,{Number},A\n2026-02-11,n2,A\n", new FeedRequest(FeedContent.Attendance, "us-daily", FeedKind.Register, WithoutRoster: true));
        Assert.Equal((1L, 0L), (withoutSchool.Erased, withoutSchool.Refused));
        var forms = await rig.App.SendAsync(
            $$"""{"date":"2026-02-10","studentUniqueId":"{{Number}}","observer":"t-1","items":{"1":3},"note":"{{Note}}"}""" + "\n", new FeedRequest(FeedContent.Observations));
        Assert.Equal((1L, 0L), (forms.Erased, forms.Refused));
        Assert.Null(await rig.Get<StudentDirectory>().FindAsync(Id, default));
        Assert.Equal(ErasedPlace.Archive, Assert.Single((await rig.Get<PupilErasure>().CountAsync(Id, default)).ByPlace, place => place.Value > 0).Key);
    }

    [Fact]
    public async Task Erase_KilledAtEveryCommit_EndsTheSame()
    {
        var faults = new Faults();
        await using var rig = await SeedAsync(services => services.AddSingleton<ITableStore>(provider => new FailingStore(StoreSwitch.StoreOf(provider), faults)));
        var before = await rig.MarksOfNeighbourAsync();
        var cut = 0;
        for (faults.Left = 0; ; faults.Left = ++cut)
        {
            try
            {
                await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Request, default);
                break;
            }
            catch (IOException)
            {
                // The process is gone; the next one begins anew.
            }
        }
        faults.Left = int.MaxValue;
        Assert.InRange(cut, 5, 200);
        await rig.App.WorkAsync();
        Assert.Equal(0, (await rig.Get<PupilErasure>().CountAsync(Id, default)).Total);
        await rig.Get<SqliteDatabase>().CompactAsync(default);
        Assert.Empty(FilesWith(await rig.ShownAsync(), Number + ",", Number + "\"", Name, Note));
        Assert.All(rig.RowsWithKey(), row => Assert.True(row.StartsWith("audit ", StringComparison.Ordinal) || row.StartsWith("directory test|erased ", StringComparison.Ordinal), row));
        Assert.Equal(before, await rig.MarksOfNeighbourAsync());
    }

    [Fact]
    public async Task Erase_OfANumberNobodyKnows_SaysSo()
    {
        await using var rig = await SeedAsync();
        Assert.IsType<ErasureResult.NothingHeld>(await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, StudentUniqueId.Parse("nobody"), ErasureReason.Request, default));
        Assert.Empty(await rig.Get<Tombstones>().AllAsync(default));
    }

    [Fact]
    public async Task Files_WithoutTheLine_KeepTheNumbersOfTheOthers()
    {
        await using var rig = await SeedAsync();
        var feed = (await rig.SendAttendanceAsync("2026-02-10")).Status.Id;
        await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Request, default);
        await using var file = await rig.Get<IFileArchive>().OpenReadAsync(FeedIntake.OriginalPath(feed), default);
        using var reader = new StreamReader(file!, Encoding.UTF8);
        Assert.Equal($"date,schoolId,studentUniqueId,code\n2026-02-10,North,{Neighbour},A\n\n2026-02-10,North,n2,A\n\n", await reader.ReadToEndAsync());
        Assert.NotNull(await rig.Get<IFileArchive>().OpenReadAsync(ArchiveErasure.NotePath(feed), default));
    }

    private sealed class Faults
    {
        public int Left { get; set; } = int.MaxValue;
    }

    /// <summary>Goes away before a commit, the number of commits it may yet make being over.</summary>
    private sealed class FailingStore(ITableStore store, Faults faults) : ITableStore
    {
        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken) => store.GetAsync(table, partition, key, cancellationToken);

        public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken) =>
            store.QueryAsync(table, partition, range, cancellationToken);

        public ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
        {
            if (faults.Left == 0) throw new IOException("Killed by the test.");
            if (faults.Left != int.MaxValue) faults.Left--;
            return store.CommitAsync(table, partition, changes, cancellationToken);
        }
    }
}
