using Azure.Core.Pipeline;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Azurite;

namespace SchoolSignal.Adapters.Tests.AzureTables;

/// <summary>A table store whose calls can be seen and made to fail, another on the same account that nothing happens to, and a
/// clock on which waiting takes a hundredth of the time.</summary>
internal sealed class TableRig : IDisposable
{
    private TableRig(StorageOptions account)
    {
        var clock = new ScaledTime(100);
        Store = new AzureTableStore(AzureTableServices.Client(account, configure: client => client.Transport = Tap), account, clock);
        Other = new AzureTableStore(AzureTableServices.Client(account), account, clock);
    }

    public static PartitionKey Partition { get; } = PartitionKey.Of("d", "p");

    public WireTap Tap { get; } = new();

    public AzureTableStore Store { get; }

    public AzureTableStore Other { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TableRig> StartAsync(Action<StorageOptions>? configure = null)
    {
        var account = await Emulator.NewAccountAsync();
        account.Timeout = TimeSpan.FromMinutes(2);
        configure?.Invoke(account);
        var rig = new TableRig(account);
        // The table is made before anything is done to the calls.
        await rig.Store.GetAsync(TableName.Pupils, Partition, RowKey.Of("none"), Token);
        rig.Tap.Calls.Clear();
        return rig;
    }

    /// <summary>Faults of the next calls that change something, in order; then none.</summary>
    public void FailCommits(params WireFault[] faults)
    {
        var left = new Queue<WireFault>(faults);
        Tap.Fault = call => call.Method == "POST" && left.TryDequeue(out var fault) ? fault : WireFault.None;
    }

    public async Task<CommitResult> CommitAsync(params RowChange[] changes) =>
        await Store.CommitAsync(TableName.Pupils, Partition, changes, Token);

    public async Task<IReadOnlyList<ETag>> OtherCommitsAsync(params RowChange[] changes) =>
        Assert.IsType<CommitResult.Committed>(await Other.CommitAsync(TableName.Pupils, Partition, changes, Token)).ETags;

    public async Task<TableRow?> GetAsync(string key) => await Other.GetAsync(TableName.Pupils, Partition, RowKey.Of(key), Token);

    public async Task<List<TableRow>> RowsAsync()
    {
        var rows = new List<TableRow>();
        await foreach (var row in Other.QueryAsync(TableName.Pupils, Partition, new RowKeyRange("", "\uFFFF"), Token)) rows.Add(row);
        return rows;
    }

    public void Dispose()
    {
        Store.Dispose();
        Other.Dispose();
        Tap.Dispose();
    }
}
