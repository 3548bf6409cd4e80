using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing.Azurite;

namespace SchoolSignal.Adapters.Tests.AzureTables;

/// <summary>R5: an answer is lost after the service has done the work, on each kind of call: no false conflict, no double write.</summary>
public sealed class LostReplyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WireFault.LoseReply)]
    [InlineData(WireFault.FailAfter)]
    [InlineData(WireFault.LoseRequest)]
    [InlineData(WireFault.Busy)]
    [InlineData(WireFault.LoseReply, WireFault.LoseReply, WireFault.Busy)]
    [InlineData(WireFault.Busy, WireFault.LoseRequest, WireFault.LoseReply)]
    public async Task Commit_OfEveryKindOfChange_GoesInOnceAndSaysSo(params WireFault[] faults)
    {
        using var rig = await TableRig.StartAsync();
        rig.FailCommits(faults);
        var inserted = Committed(await rig.CommitAsync(Insert("a", "1"), Insert("b", "1")));
        rig.FailCommits(faults);
        var replaced = Committed(await rig.CommitAsync(Replace("a", inserted[0], "2")));
        rig.FailCommits(faults);
        var mixed = Committed(await rig.CommitAsync(Insert("c", "1"), Replace("a", replaced[0], "3"), Delete("b", inserted[1])));
        Assert.Equal(["a:3", "c:1"], (await rig.RowsAsync()).Select(row => $"{row.Key}:{Text(row)}"));
        rig.FailCommits(faults);
        Committed(await rig.CommitAsync(Delete("c", mixed[0])));
        // The tags that were given are the rows' own.
        rig.FailCommits(faults);
        Committed(await rig.CommitAsync(Replace("a", mixed[1], "4")));
        Assert.Equal(["a:4"], (await rig.RowsAsync()).Select(row => $"{row.Key}:{Text(row)}"));
    }

    [Fact]
    public async Task Commit_ReplacedByAnotherBeforeTheRepetition_IsStillOursAndItsTagIsOld()
    {
        using var rig = await TableRig.StartAsync();
        var first = Committed(await rig.CommitAsync(Insert("a", "1")))[0];
        rig.FailCommits(WireFault.LoseReply);
        rig.Tap.Meanwhile = async () => await rig.OtherCommitsAsync(Replace("a", (await rig.GetAsync("a"))!.Value.ETag, "theirs"));
        var ours = Committed(await rig.CommitAsync(Replace("a", first, "ours")))[0];
        Assert.IsType<CommitResult.Conflict>(await rig.CommitAsync(Replace("a", ours, "again")));
        Assert.Equal("theirs", Text((await rig.GetAsync("a"))!.Value));
    }

    [Theory]
    [InlineData(WireFault.LoseRequest)]
    [InlineData(WireFault.Busy)]
    public async Task Commit_AnotherWasFirst_IsAConflict(WireFault fault)
    {
        using var rig = await TableRig.StartAsync();
        var first = Committed(await rig.CommitAsync(Insert("a", "1")))[0];
        rig.FailCommits(fault);
        rig.Tap.Meanwhile = async () => await rig.OtherCommitsAsync(Replace("a", first, "theirs"), Insert("b", "theirs"));
        Assert.Equal(RowKey.Of("a"), Assert.IsType<CommitResult.Conflict>(await rig.CommitAsync(Replace("a", first, "ours"), Insert("c", "ours"))).Key);
        rig.FailCommits(fault);
        rig.Tap.Meanwhile = () => Task.CompletedTask;
        Assert.Equal(RowKey.Of("b"), Assert.IsType<CommitResult.Conflict>(await rig.CommitAsync(Insert("b", "ours"))).Key);
        Assert.Equal(["a:theirs", "b:theirs"], (await rig.RowsAsync()).Select(row => $"{row.Key}:{Text(row)}"));
    }

    [Theory]
    [InlineData(WireFault.LoseReply)]
    [InlineData(WireFault.LoseRequest)]
    public async Task Commit_ChangedTwiceBeforeTheRepetition_CannotBeToldAndSaysSo(WireFault fault)
    {
        using var rig = await TableRig.StartAsync();
        var first = Committed(await rig.CommitAsync(Insert("a", "1")))[0];
        rig.FailCommits(fault);
        rig.Tap.Meanwhile = async () =>
        {
            var held = (await rig.GetAsync("a"))!.Value.ETag;
            held = (await rig.OtherCommitsAsync(Replace("a", held, "theirs")))[0];
            await rig.OtherCommitsAsync(Replace("a", held, "theirs again"));
        };
        await Assert.ThrowsAsync<IOException>(async () => await rig.CommitAsync(Replace("a", first, "ours")));
    }

    [Fact]
    public async Task Commit_WithAnInsertedRow_IsKnownHoweverOftenTheOthersChanged()
    {
        using var rig = await TableRig.StartAsync();
        var first = Committed(await rig.CommitAsync(Insert("a", "1")))[0];
        rig.FailCommits(WireFault.LoseReply);
        rig.Tap.Meanwhile = async () =>
        {
            for (var i = 0; i < 3; i++) await rig.OtherCommitsAsync(Replace("a", (await rig.GetAsync("a"))!.Value.ETag, "theirs"));
        };
        Committed(await rig.CommitAsync(Replace("a", first, "ours"), Insert("I done", "")));
    }

    [Fact]
    public async Task Commit_LostFromOneWriterAndDeletedByAnother_IsDoneForBoth()
    {
        using var rig = await TableRig.StartAsync();
        var first = Committed(await rig.CommitAsync(Insert("a", "1")))[0];
        rig.FailCommits(WireFault.LoseRequest);
        rig.Tap.Meanwhile = async () => await rig.OtherCommitsAsync(Delete("a", first));
        Committed(await rig.CommitAsync(Delete("a", first)));
        Assert.Empty(await rig.RowsAsync());
        // Without a lost answer it is what the port says: a missing row.
        Assert.IsType<CommitResult.Conflict>(await rig.CommitAsync(Delete("a", first)));
    }

    [Theory]
    [InlineData(WireFault.LoseReply)]
    [InlineData(WireFault.Busy)]
    public async Task Read_FailedOnce_IsRepeated(WireFault fault)
    {
        using var rig = await TableRig.StartAsync();
        await rig.OtherCommitsAsync([.. Enumerable.Range(0, 100).Select(i => Insert($"{i:D4}", "x"))]);
        var failed = 0;
        rig.Tap.Fault = call => call.Method == "GET" && failed++ % 2 == 0 ? fault : WireFault.None;
        Assert.Equal("x", Text((await rig.Store.GetAsync(TableName.Pupils, TableRig.Partition, RowKey.Of("0007"), Token))!.Value));
        var rows = 0;
        await foreach (var row in rig.Store.QueryAsync(TableName.Pupils, TableRig.Partition, new RowKeyRange("", "~"), Token)) rows++;
        Assert.Equal(100, rows);
    }

    [Fact]
    public async Task Commit_ServiceBusyForLong_EndsAfterABoundedNumberOfCalls()
    {
        using var rig = await TableRig.StartAsync();
        rig.Tap.Fault = _ => WireFault.Busy;
        await Assert.ThrowsAnyAsync<Azure.RequestFailedException>(async () => await rig.CommitAsync(Insert("a", "1")));
        Assert.Equal(1 + SchoolSignal.Adapters.AzureTables.TableCalls.MaxRepeats, rig.Tap.Calls.Count);
    }

    /// <summary>Eight writers add to one counter, each addition with a row of its own, while a third of the calls go wrong in every
    /// way: what was said to be in is in once, what was said to be a conflict is not.</summary>
    [Fact]
    public async Task Count_ByManyWritersWithLostReplies_AddsUp()
    {
        using var rig = await TableRig.StartAsync();
        var random = new Random(20261124);
        var gate = new Lock();
        rig.Tap.Fault = _ =>
        {
            lock (gate) return random.Next(3) == 0 ? (WireFault)random.Next(1, 5) : WireFault.None;
        };
        var said = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        var unsure = new System.Collections.Concurrent.ConcurrentBag<string>();
        await rig.OtherCommitsAsync(Insert("counter", "0"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var n = 0; n < 12; n++)
            {
                var held = (await rig.GetAsync("counter"))!.Value;
                var next = (int.Parse(Text(held), CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
                var key = $"row-{writer}-{n}";
                try
                {
                    said[key] = await rig.CommitAsync(Replace("counter", held.ETag, next), Insert(key, "")) is CommitResult.Committed;
                }
                catch (Exception exception) when (exception is IOException or Azure.RequestFailedException)
                {
                    unsure.Add(key);
                }
            }
        }));
        var rows = (await rig.RowsAsync()).Where(row => row.Key.Value.StartsWith("row-", StringComparison.Ordinal)).Select(row => row.Key.Value).ToHashSet();
        Assert.All(said, pair => Assert.Equal(pair.Value, rows.Contains(pair.Key)));
        Assert.Equal(rows.Count.ToString(CultureInfo.InvariantCulture), Text((await rig.GetAsync("counter"))!.Value));
        Assert.True(said.Count > unsure.Count, $"{said.Count} told, {unsure.Count} not");
    }

    private static IReadOnlyList<ETag> Committed(CommitResult result) => Assert.IsType<CommitResult.Committed>(result).ETags;

    private static string Text(TableRow row) => Encoding.UTF8.GetString(row.Body.Span);

    private static RowChange.Insert Insert(string key, string body) => new(RowKey.Of(key), Encoding.UTF8.GetBytes(body));

    private static RowChange.Replace Replace(string key, ETag tag, string body) => new(RowKey.Of(key), tag, Encoding.UTF8.GetBytes(body));

    private static RowChange.Delete Delete(string key, ETag tag) => new(RowKey.Of(key), tag);
}
