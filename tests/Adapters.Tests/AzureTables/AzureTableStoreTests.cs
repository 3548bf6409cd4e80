using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Adapters.Tests.Contracts;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.AzureTables;

/// <summary>The port's whole contract on the emulator.</summary>
public sealed class AzureTableStoreTests : TableStoreContract, IAsyncLifetime
{
    private AzureTableStore? store;

    protected override ITableStore Store => store!;

    public async ValueTask InitializeAsync()
    {
        var account = await Emulator.NewAccountAsync();
        store = new AzureTableStore(AzureTableServices.Client(account), account, TimeProvider.System);
    }

    public ValueTask DisposeAsync()
    {
        store?.Dispose();
        return ValueTask.CompletedTask;
    }
}
