using SchoolSignal.Adapters.Tests.Contracts;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Sqlite;

public sealed class SqliteTableStoreTests : TableStoreContract, IDisposable
{
    private readonly TestStore store = new();

    protected override ITableStore Store => store.Tables;

    public void Dispose() => store.Dispose();
}
