using CsCheck;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Sqlite;

/// <summary>Random commits and queries against a dictionary that is obviously right.</summary>
public sealed class SqliteTableStoreModelTests
{
    // Few keys, so that commits meet; among them units that UTF-8 would order differently or cannot hold.
    private static readonly string[] Keys = ["", "a", "a|b", "b", "\u007F", "é", "\uD800", "\uD83D\uDE00", "\uFB00", "\uFFFD"];
    private static readonly PartitionKey[] Partitions = [PartitionKey.Of("p"), PartitionKey.Of("p", "q")];

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Int[0, 1], Gen.Select(Gen.Int[0, Keys.Length - 1], Gen.Int[0, 2], Gen.Int[0, 5], Gen.Byte.Array[0, 40]).Array[1, 6],
        (partition, changes) => new Step(partition, [.. changes.DistinctBy(change => change.Item1)]));

    [Fact]
    public void CommitAndQuery_RandomSteps_AgreeWithADictionary() =>
        AnyStep.Array[1, 30].Sample(
            async steps =>
            {
                using var store = new TestStore();
                var model = new SortedDictionary<(int Partition, string Key), (ETag Tag, byte[] Body)>(
                    Comparer<(int Partition, string Key)>.Create((a, b) =>
                        a.Partition != b.Partition ? a.Partition - b.Partition : string.CompareOrdinal(a.Key, b.Key)));
                var everGiven = new HashSet<ETag>();
                foreach (var step in steps)
                {
                    var changes = step.Changes.Select(change => Change(model, step.Partition, change)).ToList();
                    var result = await store.Tables.CommitAsync(TableName.Pupils, Partitions[step.Partition], changes, default);
                    var loser = changes.FirstOrDefault(change => !Fits(model, step.Partition, change));
                    if (loser is not null)
                    {
                        Assert.Equal(loser.Key, Assert.IsType<CommitResult.Conflict>(result).Key);
                    }
                    else
                    {
                        var tags = Assert.IsType<CommitResult.Committed>(result).ETags;
                        for (var i = 0; i < tags.Count; i++) Apply(model, step.Partition, changes[i], tags[i], everGiven);
                    }
                    await AssertSame(store, model, step);
                }
            },
            iter: 60);

    private static RowChange Change(
        SortedDictionary<(int Partition, string Key), (ETag Tag, byte[] Body)> model, int partition, (int Key, int Kind, int Stale, byte[] Body) change)
    {
        var key = RowKey.FromStored(Keys[change.Key]);
        // Mostly the tag the row has; now and then one it never had.
        var tag = change.Stale > 0 && model.TryGetValue((partition, key.Value), out var row) ? row.Tag : new ETag(change.Stale % 2 == 0 ? "7" : "none of ours");
        return change.Kind switch
        {
            0 => new RowChange.Insert(key, change.Body),
            1 => new RowChange.Replace(key, tag, change.Body),
            _ => new RowChange.Delete(key, tag),
        };
    }

    private static bool Fits(SortedDictionary<(int Partition, string Key), (ETag Tag, byte[] Body)> model, int partition, RowChange change)
    {
        var present = model.TryGetValue((partition, change.Key.Value), out var row);
        return change switch
        {
            RowChange.Insert => !present,
            RowChange.Replace replace => present && row.Tag == replace.ETag,
            RowChange.Delete delete => present && row.Tag == delete.ETag,
            _ => false,
        };
    }

    private static void Apply(
        SortedDictionary<(int Partition, string Key), (ETag Tag, byte[] Body)> model, int partition, RowChange change, ETag tag, HashSet<ETag> everGiven)
    {
        var at = (partition, change.Key.Value);
        if (change is RowChange.Delete)
        {
            Assert.Equal(default, tag);
            model.Remove(at);
            return;
        }
        Assert.True(everGiven.Add(tag));
        model[at] = (tag, change is RowChange.Insert insert ? insert.Body.ToArray() : ((RowChange.Replace)change).Body.ToArray());
    }

    private static async Task AssertSame(
        TestStore store, SortedDictionary<(int Partition, string Key), (ETag Tag, byte[] Body)> model, Step step)
    {
        for (var partition = 0; partition < Partitions.Length; partition++)
        {
            var range = new RowKeyRange(Keys[step.Changes[0].Key], Keys[step.Changes[^1].Key] + "\uFFFF");
            foreach (var asked in new[] { range, new RowKeyRange("", "\uFFFF") })
            {
                var expected = model.Where(row => row.Key.Partition == partition && asked.Contains(RowKey.FromStored(row.Key.Key)))
                    .Select(row => (row.Key.Key, row.Value.Tag, Convert.ToHexString(row.Value.Body)));
                var rows = await store.RowsAsync(TableName.Pupils, Partitions[partition], asked);
                Assert.Equal(expected, rows.Select(row => (row.Key.Value, row.ETag, Convert.ToHexString(row.Body.Span))));
            }
        }
        foreach (var (key, _, _, _) in step.Changes)
        {
            var read = await store.Tables.GetAsync(TableName.Pupils, Partitions[step.Partition], RowKey.FromStored(Keys[key]), default);
            Assert.Equal(model.TryGetValue((step.Partition, Keys[key]), out var row) ? row.Tag : null, read?.ETag);
        }
    }

    private sealed record Step(int Partition, (int Key, int Kind, int Stale, byte[] Body)[] Changes);
}
