using System.Globalization;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Sqlite;

/// <summary>Several processes on one data folder, and what is left of one that was killed.</summary>
public sealed class SqliteProcessTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Commit_ProcessKilledInTheMiddle_KeepsEveryAcknowledgedCommitAndNoHalfOne()
    {
        const int Kills = 3;
        var acknowledged = new List<int>();
        for (var kill = 1; kill <= Kills; kill++)
        {
            using var child = OtherProcess.Start(OtherProcess.CommitUntilKilled, folder.Path);
            while (await child.StandardOutput.ReadLineAsync(Token) is { } line)
            {
                // The last line may be cut short, and then says nothing.
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var n)) acknowledged.Add(n);
                if (acknowledged.Count == kill * 20) child.Kill();
            }
            await child.WaitForExitAsync(Token);

            using var database = SqliteDatabase.Open(new SqliteOptions(folder.Path));
            var rows = await OtherProcess.RowsAsync(new SqliteTableStore(database));
            var commits = rows.Count / OtherProcess.RowsPerCommit;
            for (var n = 0; n < commits; n++)
                for (var i = 0; i < OtherProcess.RowsPerCommit; i++) Assert.Contains(OtherProcess.Row(n, i), rows);
            Assert.Equal(commits * OtherProcess.RowsPerCommit, rows.Count);
            Assert.InRange(acknowledged.Max(), kill * 20 - 1, commits - 1);
            Assert.InRange(new SqliteMessageQueue(database, TimeProvider.System).Count(QueueName.Urgent).Active, acknowledged.Count, commits);
        }
    }

    [Fact]
    public async Task Commit_TwoProcessesOnANewFile_LoseNoUpdate()
    {
        using var child = OtherProcess.Start(OtherProcess.CountTogether, folder.Path);
        using (var database = SqliteDatabase.Open(new SqliteOptions(folder.Path)))
        {
            var store = new SqliteTableStore(database);
            await OtherProcess.CountAsync(store, 150);
            await child.WaitForExitAsync(Token);
            Assert.Equal(0, child.ExitCode);
            var counter = await store.GetAsync(TableName.Pupils, OtherProcess.Partition, OtherProcess.Counter, Token);
            Assert.Equal(300, BitConverter.ToInt32(counter!.Value.Body.Span));
        }
    }

    [Fact]
    public async Task Wait_MessageOfAnotherProcess_WakesByPolling()
    {
        using var database = SqliteDatabase.Open(new SqliteOptions(folder.Path));
        var queue = new SqliteMessageQueue(database, TimeProvider.System);
        var waiting = queue.WaitAsync(QueueName.Urgent, TimeSpan.FromSeconds(30), Token);
        using var child = OtherProcess.Start(OtherProcess.SendOne, folder.Path);
        Assert.True(await waiting);
        Assert.Equal("from another process", Assert.Single(await queue.ReceiveAsync(QueueName.Urgent, 10, TimeSpan.FromMinutes(1), Token)).Body);
        await child.WaitForExitAsync(Token);
    }
}
