using Azure;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.AzureTables;

/// <summary>A table that the template has not made: a fault at once, never "no such row", and never a conflict that is tried again.</summary>
public sealed class MissingTableTests
{
    private static readonly PartitionKey Partition = PartitionKey.Of("north");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_TableMissing_Throw()
    {
        var options = await Emulator.NewAccountAsync();
        options.Create = false;
        using var store = new AzureTableStore(AzureTableServices.Client(options), options, TimeProvider.System);

        await ThrowsAsync(async () => await store.CommitAsync(TableName.Feeds, Partition, [new RowChange.Insert(RowKey.Of("a"), new byte[1])], Token));
        await ThrowsAsync(async () => await store.GetAsync(TableName.Feeds, Partition, RowKey.Of("a"), Token));
        await ThrowsAsync(async () =>
        {
            await foreach (var row in store.QueryAsync(TableName.Feeds, Partition, RowKeyRange.Under("a"), Token)) Assert.Fail("There is no table.");
        });
    }

    private static async Task ThrowsAsync(Func<Task> call) =>
        Assert.Equal("TableNotFound", (await Assert.ThrowsAnyAsync<RequestFailedException>(call)).ErrorCode);
}
