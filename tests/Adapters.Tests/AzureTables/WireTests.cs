using System.Text.RegularExpressions;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.AzureTables;

/// <summary>What the store sends to the service.</summary>
public sealed partial class WireTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_AnyRange_FiltersByPartitionAndBothEndsOfTheRange()
    {
        using var rig = await TableRig.StartAsync();
        foreach (var range in new[] { new RowKeyRange("", "\uFFFF"), RowKeyRange.Under("O"), RowKeyRange.Between(["D"], "20260101", "20260131"), new RowKeyRange("é'", "中") })
            await foreach (var row in rig.Store.QueryAsync(TableName.Pupils, TableRig.Partition, range, Token)) Assert.Fail("The table is empty.");
        Assert.Equal(4, rig.Tap.Calls.Count);
        Assert.All(rig.Tap.Calls, call => Assert.Matches(RangeFilter(), call.Query));
    }

    [Fact]
    public async Task Query_EmptyRange_AsksNobody()
    {
        using var rig = await TableRig.StartAsync();
        await foreach (var row in rig.Store.QueryAsync(TableName.Pupils, TableRig.Partition, new RowKeyRange("b", "a"), Token)) Assert.Fail("The range is empty.");
        Assert.Empty(rig.Tap.Calls);
    }

    /// <summary>R12: a hundred and one rows, four megabytes and a byte, a character that no key may have: nothing is sent.</summary>
    [Fact]
    public async Task Commit_AgainstTheRules_IsRefusedBeforeAnythingIsSent()
    {
        using var rig = await TableRig.StartAsync();
        await Refused([.. Enumerable.Range(0, 101).Select(i => Insert($"{i:D3}", 1))]);
        await Refused([.. Enumerable.Range(0, 48).Select(i => Insert($"{i:D2}", ITableStore.MaxBody))]);
        await Refused([Insert("a", ITableStore.MaxBody + 1)]);
        await Refused([new RowChange.Insert(RowKey.FromStored("a/b"), default)]);
        await Refused([new RowChange.Insert(RowKey.FromStored("a\u0085b"), default)]);
        await Refused([new RowChange.Insert(RowKey.Of(new string('x', StoredKey.MaxLength + 1)), default)]);
        Assert.Empty(rig.Tap.Calls);

        async Task Refused(RowChange[] changes) => await Assert.ThrowsAsync<ArgumentException>(async () => await rig.CommitAsync(changes));
    }

    /// <summary>The service refuses a request over 4 MiB: what the rules let through is under it, even with the longest keys of
    /// characters that travel as three bytes.</summary>
    [Theory]
    [InlineData("|", 40, ITableStore.MaxBody)]
    [InlineData("a", 500, ITableStore.MaxBody)]
    [InlineData("é", 100, ITableStore.MaxBody)]
    [InlineData("é", 100, 29_916)]
    public async Task Commit_LargestThatTheRulesAllow_IsNoLargerThanTheServiceTakes(string letter, int length, int most)
    {
        using var rig = await TableRig.StartAsync();
        var name = string.Concat(Enumerable.Repeat(letter, length));
        var stem = RowKey.Of([.. name.Split('|')]).Value;
        var changes = new List<RowChange>();
        var left = ITableStore.MaxCommitBytes;
        for (var i = 0; i < ITableStore.MaxChanges; i++)
        {
            var key = RowKey.FromStored($"{i:D3}{stem}");
            // Many small bodies, or a few large ones, and as much as is left.
            var body = Math.Min(most, (left - ITableStore.WireBytes(key, 0)) / 4 * 3);
            if (body < 0) break;
            changes.Add(new RowChange.Insert(key, new byte[body]));
            left -= ITableStore.WireBytes(key, body);
        }
        Assert.InRange(left, 0, 4 * ITableStore.WireBytes(RowKey.FromStored(stem), 0));
        Assert.IsType<CommitResult.Committed>(await rig.CommitAsync([.. changes]));
        // A busy emulator may let the first one time out: then there are two.
        var sent = rig.Tap.Calls.Where(call => call.Method == "POST").ToList();
        Assert.NotEmpty(sent);
        Assert.All(sent, call => Assert.InRange(call.Bytes, ITableStore.MaxCommitBytes / 2, ITableStore.MaxCommitBytes));
    }

    [Fact]
    public async Task Commit_Replace_CarriesTheTagAndNeverUpserts()
    {
        using var rig = await TableRig.StartAsync();
        var tag = Assert.IsType<CommitResult.Committed>(await rig.CommitAsync(Insert("a", 1))).ETags[0];
        await rig.CommitAsync(new RowChange.Replace(RowKey.Of("a"), tag, new byte[2]), Insert("b", 1));
        var body = rig.Tap.Calls.Last(call => call.Method == "POST").Body;
        Assert.Contains("If-Match: W/", body, StringComparison.Ordinal);
        Assert.DoesNotContain("If-Match: *", body, StringComparison.Ordinal);
        Assert.Matches("PUT .*\\(PartitionKey=", body);
    }

    /// <summary>The service publishes 2,000 rows a second and partition; in no second, wherever it begins, are there more.</summary>
    [Fact]
    public async Task Commit_ManyRowsOfOnePartition_KeepsUnderThePublishedRate()
    {
        using var rig = await TableRig.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(commit => Task.Run(
            async () => await rig.CommitAsync([.. Enumerable.Range(0, 100).Select(i => Insert($"{commit:D2}-{i:D2}", 10))]), Token)));
        var times = rig.Tap.Calls.Where(call => call.Method == "POST").Select(call => call.At).Order().ToList();
        Assert.Equal(40, times.Count);
        var most = times.Max(from => times.Count(at => at >= from && at < from + TimeSpan.FromSeconds(1)) * 100);
        Assert.InRange(most, 500, 2_000);
    }

    private static RowChange.Insert Insert(string key, int bytes) => new(RowKey.Of(key), new byte[bytes]);

    [GeneratedRegex(@"\$filter=PartitionKey eq '[^']+' and RowKey ge '.*' and RowKey lt '.+'")]
    private static partial Regex RangeFilter();
}
