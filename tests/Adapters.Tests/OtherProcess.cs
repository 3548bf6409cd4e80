using System.Diagnostics;
using System.Globalization;
using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests;

/// <summary>What a second process does to the same data while a test looks on: this very program, started again.</summary>
internal static class OtherProcess
{
    public const string CommitUntilKilled = "commit-until-killed";
    public const string CountTogether = "count-together";
    public const string SendOne = "send-one";
    public const string Secret = "secret";

    public const int RowsPerCommit = 5;

    public static readonly PartitionKey Partition = PartitionKey.Of("shared");
    public static readonly RowKey Counter = RowKey.Of("counter");

    public static Process Start(string job, string folder)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(OtherProcess).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        return Process.Start(new ProcessStartInfo(program, [nameof(OtherProcess), job, folder]) { RedirectStandardOutput = true })!;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var (job, folder) = (args[0], args[1]);
        if (job == Secret)
        {
            Console.WriteLine(Text(await new FileKeyring(folder, TimeProvider.System).CurrentAsync(default)));
            return 0;
        }
        using var database = SqliteDatabase.Open(new SqliteOptions(folder));
        var store = new SqliteTableStore(database);
        var queue = new SqliteMessageQueue(database, TimeProvider.System);
        switch (job)
        {
            case CommitUntilKilled:
                for (var n = (await RowsAsync(store)).Count / RowsPerCommit; ; n++) await CommitAsync(store, queue, n);
            case CountTogether:
                await CountAsync(store, 150);
                return 0;
            case SendOne:
                await queue.SendAsync(QueueName.Urgent, [new OutgoingMessage("from another process", "1")], default);
                return 0;
            default:
                return 2;
        }
    }

    public static string Text(KeyringSecret secret) => secret.Version + ":" + Convert.ToHexString(secret.Bytes.Span);

    public static RowKey Row(int commit, int row) => RowKey.Of(commit.ToString("D6", CultureInfo.InvariantCulture), row.ToString(CultureInfo.InvariantCulture));

    /// <summary>The keys of all rows there are.</summary>
    public static async Task<HashSet<RowKey>> RowsAsync(ITableStore store)
    {
        var keys = new HashSet<RowKey>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, Partition, new RowKeyRange("", "~"), default)) keys.Add(row.Key);
        return keys;
    }

    /// <summary>Adds one to the shared counter so many times, trying again whenever somebody else was first.</summary>
    public static async Task CountAsync(ITableStore store, int times)
    {
        while (times > 0)
        {
            var row = await store.GetAsync(TableName.Pupils, Partition, Counter, default);
            RowChange change = row is { } found
                ? new RowChange.Replace(Counter, found.ETag, BitConverter.GetBytes(BitConverter.ToInt32(found.Body.Span) + 1))
                : new RowChange.Insert(Counter, BitConverter.GetBytes(1));
            if (await store.CommitAsync(TableName.Pupils, Partition, [change], default) is CommitResult.Committed) times--;
        }
    }

    /// <summary>A commit of several rows and a message, then the acknowledgement on standard output.</summary>
    private static async Task CommitAsync(SqliteTableStore store, SqliteMessageQueue queue, int n)
    {
        var body = new byte[3000];
        var rows = Enumerable.Range(0, RowsPerCommit).Select(row => (RowChange)new RowChange.Insert(Row(n, row), body));
        if (await store.CommitAsync(TableName.Pupils, Partition, [.. rows], default) is not CommitResult.Committed)
            throw new InvalidOperationException("A commit of new rows conflicted.");
        await queue.SendAsync(QueueName.Urgent, [new OutgoingMessage("", n.ToString(CultureInfo.InvariantCulture))], default);
        Console.WriteLine(n);
    }
}
