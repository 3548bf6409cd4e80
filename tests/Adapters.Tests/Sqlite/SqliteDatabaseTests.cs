using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_Again_FindsTheRowsAndNeverRepeatsATag()
    {
        var tags = new HashSet<ETag>();
        for (var opening = 0; opening < 3; opening++)
        {
            using var database = SqliteDatabase.Open(new SqliteOptions(folder.Path));
            var store = new SqliteTableStore(database);
            var row = await store.GetAsync(TableName.Pupils, OtherProcess.Partition, OtherProcess.Counter, Token);
            Assert.Equal(opening > 0, row is not null);
            var result = await store.CommitAsync(
                TableName.Pupils,
                OtherProcess.Partition,
                [row is { } found ? new RowChange.Replace(found.Key, found.ETag, default) : new RowChange.Insert(OtherProcess.Counter, default)],
                Token);
            Assert.True(tags.Add(Assert.IsType<CommitResult.Committed>(result).ETags[0]));
        }
    }

    [Fact]
    public async Task Message_LentAndCompletedUnflushed_IsGoneForEveryOtherOpening()
    {
        using var first = SqliteDatabase.Open(new SqliteOptions(folder.Path));
        using var second = SqliteDatabase.Open(new SqliteOptions(folder.Path));
        var queue = new SqliteMessageQueue(first, TimeProvider.System);
        var other = new SqliteMessageQueue(second, TimeProvider.System);
        await queue.SendAsync(QueueName.Screenings, [new OutgoingMessage("body", "1"), new OutgoingMessage("body", "2")], Token);

        var lent = Assert.Single(await queue.ReceiveAsync(QueueName.Screenings, 1, TimeSpan.FromMinutes(1), Token));
        Assert.Equal("2", Assert.Single(await other.ReceiveAsync(QueueName.Screenings, 2, TimeSpan.FromMinutes(1), Token)).MessageId);
        // Flushed and unflushed writes at once share a transaction.
        var writes = Enumerable.Range(0, 50).Select(i => queue.SendAsync(QueueName.Notifications, [new OutgoingMessage("body", $"m{i}")], Token).AsTask());
        await Task.WhenAll([.. writes, queue.CompleteAsync(lent, Token).AsTask()]);
        Assert.Equal((1L, 50L), (other.Count(QueueName.Screenings).Active, other.Count(QueueName.Notifications).Active));
    }

    [Fact]
    public void Open_FileOfALaterVersion_IsRefused()
    {
        SqliteDatabase.Open(new SqliteOptions(folder.Path)).Dispose();
        using (var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder[SqliteOptions.FileName]};Pooling=False"))
        {
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = "PRAGMA user_version = 1000";
            command.ExecuteNonQuery();
        }
        Assert.Throws<InvalidDataException>(() => SqliteDatabase.Open(new SqliteOptions(folder.Path)));
    }

    [Fact]
    public void Open_ManyAtOnceOnANewFile_AllSucceed() =>
        Parallel.For(0, 8, _ => SqliteDatabase.Open(new SqliteOptions(folder.Path)).Dispose());

    [Fact]
    public void Open_NewFolder_IsItsOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (OperatingSystem.IsWindows()) return;
        using var database = SqliteDatabase.Open(new SqliteOptions(folder["data"]));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["data"]));
    }

    [Fact]
    public async Task Commit_GroupWithConflicts_KeepsTheOthersWhole()
    {
        using var database = SqliteDatabase.Open(new SqliteOptions(folder.Path));
        var store = new SqliteTableStore(database);
        var taken = RowKey.Of("taken");
        await store.CommitAsync(TableName.Pupils, OtherProcess.Partition, [new RowChange.Insert(taken, default)], Token);
        // Many writers at once share transactions; every second one conflicts after its first row.
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            async () => await store.CommitAsync(
                TableName.Pupils,
                OtherProcess.Partition,
                [new RowChange.Insert(OtherProcess.Row(i, 0), default), new RowChange.Insert(i % 2 == 0 ? OtherProcess.Row(i, 1) : taken, default)],
                Token),
            Token)));
        var rows = await OtherProcess.RowsAsync(store);
        for (var i = 0; i < results.Length; i++)
        {
            Assert.Equal(i % 2 == 0, results[i] is CommitResult.Committed);
            Assert.Equal(i % 2 == 0, rows.Contains(OtherProcess.Row(i, 0)));
            Assert.Equal(i % 2 == 0, rows.Contains(OtherProcess.Row(i, 1)));
        }
    }

    [Fact]
    public async Task Dispose_ThenUse_IsRefused()
    {
        var database = SqliteDatabase.Open(new SqliteOptions(folder.Path));
        var store = new SqliteTableStore(database);
        database.Dispose();
        database.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await store.GetAsync(TableName.Pupils, OtherProcess.Partition, OtherProcess.Counter, Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await store.CommitAsync(TableName.Pupils, OtherProcess.Partition, [new RowChange.Insert(OtherProcess.Counter, default)], Token));
    }
}
