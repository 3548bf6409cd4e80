using System.Text;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.Contracts;

/// <summary>What every <see cref="ITableStore"/> promises. Each test has a partition of its own, so that a store which outlives
/// the test serves as well as a fresh one.</summary>
public abstract class TableStoreContract
{
    private static readonly RowKeyRange Everything = new("", "\uFFFF");
    private readonly PartitionKey partition = PartitionKey.Of("contract", Guid.NewGuid().ToString("N"));

    protected abstract ITableStore Store { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_RowNeverWritten_IsNull()
    {
        Assert.Null(await Get("a"));
        await Committed(Insert("b"));
        Assert.Null(await Get("a"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public async Task GetMany_SomeOfThemMissing_GivesTheOthersInTheOrderAsked(int keys)
    {
        var asked = Enumerable.Range(0, keys).Select(i => RowKey.Of($"k{i * 7 % 40:D2}")).ToList();
        Assert.Empty(await Store.GetManyAsync(TableName.Pupils, partition, asked, Token));

        var there = asked.Where((_, i) => i % 3 != 1).ToList();
        var tags = keys == 0 ? [] : await Committed([.. there.Select(key => Insert(key.Value, $"body of {key.Value}"))]);
        var rows = await Store.GetManyAsync(TableName.Pupils, partition, asked, Token);
        Assert.Equal(there, rows.Select(row => row.Key));
        Assert.Equal(tags, rows.Select(row => row.ETag));
        Assert.Equal(there.Select(key => $"body of {key.Value}"), rows.Select(row => Text(row)));
    }

    [Fact]
    public async Task Commit_Insert_ReadsBackWithTheTagReturned()
    {
        var tags = await Committed(Insert("a", "one"), Insert("b", "two"));
        Assert.Equal("one", Text(await Get("a")));
        Assert.Equal(tags[0], (await Get("a"))!.Value.ETag);
        Assert.Equal(tags[1], (await Get("b"))!.Value.ETag);
    }

    [Fact]
    public async Task Commit_SameKeyInAnotherPartitionOrTable_IsAnotherRow()
    {
        await Committed(Insert("a", "here"));
        var other = PartitionKey.Of("contract", Guid.NewGuid().ToString("N"));
        Assert.Null(await Store.GetAsync(TableName.Pupils, other, RowKey.Of("a"), Token));
        Assert.Null(await Store.GetAsync(TableName.Schools, partition, RowKey.Of("a"), Token));
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(TableName.Pupils, other, [Insert("a", "there")], Token));
        Assert.Equal("here", Text(await Get("a")));
    }

    [Fact]
    public async Task Commit_InsertOfAPresentRow_ConflictsAndNamesIt()
    {
        await Committed(Insert("a", "first"));
        await Conflicts("a", Insert("b"), Insert("a", "second"));
        Assert.Equal("first", Text(await Get("a")));
    }

    [Fact]
    public async Task Commit_ReplaceWithTheCurrentTag_ChangesBodyAndTag()
    {
        var first = (await Committed(Insert("a", "one")))[0];
        var second = (await Committed(Replace("a", first, "two")))[0];
        Assert.NotEqual(first, second);
        Assert.Equal("two", Text(await Get("a")));
        Assert.Equal(second, (await Get("a"))!.Value.ETag);
    }

    [Fact]
    public async Task Commit_ReplaceBySameBody_ChangesTheTagToo()
    {
        var first = (await Committed(Insert("a", "same")))[0];
        Assert.NotEqual(first, (await Committed(Replace("a", first, "same")))[0]);
    }

    [Fact]
    public async Task Commit_ReplaceWithAnOldTag_Conflicts()
    {
        var first = (await Committed(Insert("a", "one")))[0];
        await Committed(Replace("a", first, "two"));
        await Conflicts("a", Replace("a", first, "three"));
        Assert.Equal("two", Text(await Get("a")));
    }

    [Fact]
    public async Task Commit_ReplaceOrDeleteOfAMissingRow_Conflicts()
    {
        var tag = (await Committed(Insert("other")))[0];
        await Conflicts("a", Replace("a", tag, "x"));
        await Conflicts("a", new RowChange.Delete(RowKey.Of("a"), tag));
    }

    [Fact]
    public async Task Commit_DeleteWithTheCurrentTag_RemovesTheRow()
    {
        var tag = (await Committed(Insert("a")))[0];
        Assert.Equal(default, (await Committed(new RowChange.Delete(RowKey.Of("a"), tag)))[0]);
        Assert.Null(await Get("a"));
    }

    [Fact]
    public async Task Commit_DeleteWithAnOldTag_Conflicts()
    {
        var first = (await Committed(Insert("a", "one")))[0];
        await Committed(Replace("a", first, "two"));
        await Conflicts("a", new RowChange.Delete(RowKey.Of("a"), first));
        Assert.Equal("two", Text(await Get("a")));
    }

    [Fact]
    public async Task Commit_InsertAfterDelete_NeverBringsAnOldTagBack()
    {
        var seen = new HashSet<ETag>();
        for (var i = 0; i < 20; i++)
        {
            var inserted = (await Committed(Insert("a", "same")))[0];
            var replaced = (await Committed(Replace("a", inserted, "same")))[0];
            Assert.True(seen.Add(inserted));
            Assert.True(seen.Add(replaced));
            await Committed(new RowChange.Delete(RowKey.Of("a"), replaced));
        }
    }

    [Fact]
    public async Task Commit_OneConflictAmongMany_LeavesNothingBehind()
    {
        var tags = await Committed(Insert("kept", "k"), Insert("deleted", "d"), Insert("there", "t"));
        await Conflicts(
            "there", Insert("new"), Replace("kept", tags[0], "changed"), new RowChange.Delete(RowKey.Of("deleted"), tags[1]), Insert("there"));
        Assert.Equal(["deleted:d", "kept:k", "there:t"], (await Rows(Everything)).Select(row => $"{row.Key}:{Text(row)}"));
        // And the tags are still those from before.
        await Committed(Replace("kept", tags[0], "changed"), new RowChange.Delete(RowKey.Of("deleted"), tags[1]));
    }

    [Fact]
    public async Task Commit_NoChangesOrTooMany_IsRefused()
    {
        await Refused([]);
        await Refused([.. Enumerable.Range(0, ITableStore.MaxChanges + 1).Select(i => Insert($"{i:D3}"))]);
        Assert.Empty(await Rows(Everything));
        await Committed([.. Enumerable.Range(0, ITableStore.MaxChanges).Select(i => Insert($"{i:D3}"))]);
        Assert.Equal(ITableStore.MaxChanges, (await Rows(Everything)).Count);
    }

    [Fact]
    public async Task Commit_BodyAtItsLimit_GoesInAndOneByteMoreIsRefused()
    {
        await Refused([Insert("a"), Insert("b", new byte[ITableStore.MaxBody + 1])]);
        Assert.Empty(await Rows(Everything));
        var tag = (await Committed(Insert("b", new byte[ITableStore.MaxBody])))[0];
        await Refused([new RowChange.Replace(RowKey.Of("b"), tag, new byte[ITableStore.MaxBody + 1])]);
        Assert.Equal(ITableStore.MaxBody, (await Get("b"))!.Value.Body.Length);
    }

    [Fact]
    public async Task Commit_EmptyBody_IsARow()
    {
        await Committed(Insert("a", []));
        Assert.Equal(0, (await Get("a"))!.Value.Body.Length);
        Assert.Single(await Rows(Everything));
    }

    [Fact]
    public async Task Commit_BytesOverTheLimitInAll_IsRefused()
    {
        var large = Enumerable.Range(0, 47).Select(i => Insert($"{i:D2}", new byte[ITableStore.MaxBody])).ToList();
        var left = ITableStore.MaxCommitBytes - large.Sum(insert => ITableStore.WireBytes(insert.Key, insert.Body.Length)) - ITableStore.WireBytes(RowKey.Of("47"), 0);
        var most = left / 4 * 3;
        await Refused([.. large, Insert("47", new byte[most + 1])]);
        Assert.Empty(await Rows(Everything));
        await Committed([.. large, Insert("47", new byte[most])]);
        Assert.Equal(48, (await Rows(Everything)).Count);
    }

    [Fact]
    public async Task Commit_OneRowTwice_IsRefused()
    {
        var tag = (await Committed(Insert("a")))[0];
        await Refused([Replace("a", tag, "x"), new RowChange.Delete(RowKey.Of("a"), tag)]);
        await Refused([Insert("b"), Insert("b")]);
        Assert.Single(await Rows(Everything));
    }

    [Fact]
    public async Task Query_Range_IncludesFromAndExcludesTo()
    {
        await Committed(Insert("a"), Insert("b"), Insert("ba"), Insert("c"), Insert("d"));
        Assert.Equal(["b", "ba"], await Keys(new RowKeyRange("b", "c")));
        Assert.Equal([], await Keys(new RowKeyRange("c", "c")));
        Assert.Equal([], await Keys(new RowKeyRange("d", "b")));
        Assert.Equal(["d"], await Keys(new RowKeyRange("c\0", "\uFFFF")));
        Assert.Equal([], await Keys(new RowKeyRange("da", "\uFFFF")));
    }

    [Fact]
    public async Task Query_MadeKeys_AreOrderedOrdinally()
    {
        string[] parts = ["Z", "a", "é", "ß", "ﬀ", "10", "2", "0002", "", "~", "😀", "中"];
        await Committed([.. parts.Select(part => Insert(RowKey.Of("P", part)))]);
        await Committed(Insert(RowKey.Of("P")), Insert(RowKey.Of("Q", "x")));
        Assert.Equal(
            parts.Select(part => RowKey.Of("P", part).Value).Order(StringComparer.Ordinal),
            await Keys(RowKeyRange.Under("P")));
    }

    [Fact]
    public async Task Query_MoreRowsThanAnyPage_ReturnsEachOnceInOrder()
    {
        const int Commits = 24;
        for (var i = 0; i < Commits; i++)
            await Committed([.. Enumerable.Range(0, 50).Select(j => Insert($"{(j * Commits) + i:D4}", new byte[3000]))]);
        Assert.Equal(Enumerable.Range(0, Commits * 50).Select(i => $"{i:D4}"), await Keys(Everything));
    }

    [Fact]
    public async Task Query_WhileTheCallerWritesBetweenRows_EndsAndSeesOldRowsOnce()
    {
        for (var i = 0; i < 4; i++) await Committed([.. Enumerable.Range(0, 100).Select(j => Insert($"{i}{j:D2}", "old"))]);
        var seen = new List<string>();
        await foreach (var row in Store.QueryAsync(TableName.Pupils, partition, Everything, Token))
        {
            seen.Add(row.Key.Value);
            await Store.CommitAsync(TableName.Pupils, partition, [new RowChange.Replace(row.Key, row.ETag, "new"u8.ToArray())], Token);
        }
        Assert.Equal(Enumerable.Range(0, 400).Select(i => $"{i:D3}"), seen);
        Assert.All(await Rows(Everything), row => Assert.Equal("new", Text(row)));
    }

    [Fact]
    public async Task Commit_AHundredWritersOnOneRow_ExactlyOneWinsPerVersion()
    {
        var tag = (await Committed(Insert("a", "start")))[0];
        for (var round = 0; round < 3; round++)
        {
            var current = tag;
            var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(
                async () => await Store.CommitAsync(TableName.Pupils, partition, [Insert($"{round}-{i}"), Replace("a", current, $"{round}-{i}")], Token), Token)));
            var winner = Assert.Single(Enumerable.Range(0, 100), i => results[i] is CommitResult.Committed);
            Assert.All(results.OfType<CommitResult.Conflict>(), conflict => Assert.Equal(RowKey.Of("a"), conflict.Key));
            Assert.Equal($"{round}-{winner}", Text(await Get("a")));
            Assert.Equal([$"{round}-{winner}"], await Keys(new RowKeyRange($"{round}-", $"{round}.")));
            tag = ((CommitResult.Committed)results[winner]).ETags[1];
        }
    }

    private static RowChange.Insert Insert(string key, string body = "") => Insert(key, Encoding.UTF8.GetBytes(body));

    private static RowChange.Insert Insert(string key, byte[] body) => new RowChange.Insert(RowKey.Of(key), body);

    private static RowChange.Insert Insert(RowKey key) => new RowChange.Insert(key, default);

    private static RowChange.Replace Replace(string key, ETag tag, string body) =>
        new RowChange.Replace(RowKey.Of(key), tag, Encoding.UTF8.GetBytes(body));

    private static string? Text(TableRow? row) => row is { } present ? Encoding.UTF8.GetString(present.Body.Span) : null;

    private async Task<TableRow?> Get(string key) => await Store.GetAsync(TableName.Pupils, partition, RowKey.Of(key), Token);

    private async Task<IReadOnlyList<ETag>> Committed(params RowChange[] changes) =>
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(TableName.Pupils, partition, changes, Token)).ETags;

    private async Task Conflicts(string key, params RowChange[] changes) =>
        Assert.Equal(
            RowKey.Of(key),
            Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(TableName.Pupils, partition, changes, Token)).Key);

    private async Task Refused(RowChange[] changes) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(TableName.Pupils, partition, changes, Token));

    private async Task<List<TableRow>> Rows(RowKeyRange range)
    {
        var rows = new List<TableRow>();
        await foreach (var row in Store.QueryAsync(TableName.Pupils, partition, range, Token)) rows.Add(row);
        return rows;
    }

    private async Task<IEnumerable<string>> Keys(RowKeyRange range) => (await Rows(range)).Select(row => row.Key.Value);
}
