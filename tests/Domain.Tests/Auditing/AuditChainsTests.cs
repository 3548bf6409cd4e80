using System.Text;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using Xunit;

namespace SchoolSignal.Domain.Tests.Auditing;

public sealed class AuditChainsTests : IDisposable
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    private readonly AuditHouse house = new();

    [Fact]
    public async Task ReadAsync_OnePupil_StandsWhenItReturns()
    {
        var student = StudentKey.New();
        await house.Log.ReadAsync(AuditHouse.Counsellor, AuditAction.ReadCase, student, AuditHouse.Elm, "ref-1", None);

        var entry = Assert.Single(await house.EntriesAsync());
        Assert.Equal(AuditAction.ReadCase, entry.Action);
        Assert.Equal([student], entry.Students);
        Assert.Equal("staff s-1", entry.Who.Value);
        Assert.Equal([Role.Counsellor], entry.Roles);
        Assert.Equal(AccessReason.RolePermits, entry.Reason);
        Assert.Equal(house.Clock.GetUtcNow(), entry.At);
    }

    [Fact]
    public async Task ReadListAsync_PupilsOfTwoSchools_OneEntryForEachSchool()
    {
        var oak = SchoolId.Parse("oak");
        await house.Log.ReadListAsync(
            AuditHouse.Counsellor, AuditAction.ReadWorklist,
            [(StudentKey.New(), AuditHouse.Elm), (StudentKey.New(), oak), (StudentKey.New(), AuditHouse.Elm)], None);

        var entries = await house.EntriesAsync();
        Assert.Equal([("elm", 2), ("oak", 1)], entries.Select(e => (e.School!.Value.Value, e.Students.Count)).Order());
    }

    [Fact]
    public async Task ReadListAsync_NobodyShown_LeavesNoEntry()
    {
        await house.Log.ReadListAsync(AuditHouse.Counsellor, AuditAction.ReadWorklist, [], None);
        Assert.Empty(await house.RowsAsync());
    }

    [Theory]
    [InlineData(AuditEntry.MaxStudents, 1)]
    [InlineData(AuditEntry.MaxStudents + 1, 2)]
    public async Task ReadListAsync_VeryLongList_SplitsAtTheMost(int pupils, int entries)
    {
        await house.Log.ReadListAsync(
            AuditHouse.Counsellor, AuditAction.ReadWorklist, Enumerable.Range(0, pupils).Select(_ => (StudentKey.New(), AuditHouse.Elm)), None);
        Assert.Equal(entries, (await house.EntriesAsync()).Count);
    }

    [Fact]
    public async Task ConsumeAsync_DeliveredTwiceLateAndByAnotherProcess_AppendsOnce()
    {
        var first = house.Write(StudentKey.New());
        var second = house.Write(StudentKey.New());
        await house.Trail.ConsumeAsync(Message(second), None);
        await house.Trail.ConsumeAsync(Message(first), None);
        house.Clock.Advance(TimeSpan.FromDays(30));
        await house.Trail.ConsumeAsync(Message(second), None);
        await new AuditTrail(house.NewProcess()).ConsumeAsync(Message(first), None);

        Assert.Equal([second.Id, first.Id], (await house.EntriesAsync()).Select(e => e.Id));
        Assert.Empty(await house.EntriesAsync(month: "202602"));
    }

    [Fact]
    public async Task AppendAsync_SameWriteTwiceAtOnce_AppendsOnce()
    {
        var entry = house.Write(StudentKey.New());
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.Chains.AppendAsync(entry, None)));
        Assert.Single(await house.EntriesAsync());
    }

    [Fact]
    public async Task AppendAsync_EightTasksOverTwoProcesses_NothingIsLost()
    {
        const int Each = 200;
        AuditChains[] processes = [house.NewProcess(), house.NewProcess()];
        var ids = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await processes[task % 2].AppendAsync(house.Write(StudentKey.New(), $"{task}-{i}"), None);
        }, None)));

        var entries = await house.EntriesAsync();
        Assert.Equal(8 * Each, entries.Count);
        Assert.Equal(8 * Each, entries.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public void ToBytes_ParsedAndWrittenAgain_AreTheSame()
    {
        var entry = house.Write(StudentKey.New()) with { Count = 3, Purpose = StatedPurpose.Complaint };
        var bytes = entry.ToBytes();
        Assert.Equal(bytes, AuditEntry.Parse(bytes).ToBytes());
    }

    [Fact]
    public void Row_OfAWrite_IsAnOutboxRowForTheAuditQueue()
    {
        var row = Assert.IsType<RowChange.Insert>(AuditTrail.Row(house.Write(StudentKey.New(), "w1")));
        Assert.Equal(["O", "audit|w1#1"], row.Key.Parts());
        Assert.Contains("\"audit\"", Encoding.UTF8.GetString(row.Body.Span), StringComparison.Ordinal);
    }

    public void Dispose() => house.Dispose();

    private static Envelope Message(AuditEntry entry) => Envelope.First($"audit|{entry.Id}", AuditTrail.Kind, ("entry", Encoding.UTF8.GetString(entry.ToBytes())));
}
