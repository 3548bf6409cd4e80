using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Testing;

/// <summary>A real embedded database in a folder of its own: rows, queue and the folder, gone after the test. It does not
/// wait for the disk, which only a power cut could tell.</summary>
public sealed class TestStore : IDisposable
{
    private readonly SqliteDatabase database;

    public TestStore(TimeProvider? clock = null)
    {
        database = SqliteDatabase.Open(new SqliteOptions(Folder.Path) { SurvivesPowerCut = false });
        Tables = new SqliteTableStore(database);
        Queue = new SqliteMessageQueue(database, clock ?? TimeProvider.System);
    }

    public TempFolder Folder { get; } = new();

    public SqliteTableStore Tables { get; }

    public SqliteMessageQueue Queue { get; }

    /// <summary>All rows of the range, in order.</summary>
    public async Task<List<TableRow>> RowsAsync(TableName table, PartitionKey partition, RowKeyRange range)
    {
        var rows = new List<TableRow>();
        await foreach (var row in Tables.QueryAsync(table, partition, range, CancellationToken.None)) rows.Add(row);
        return rows;
    }

    public void Dispose()
    {
        database.Dispose();
        Folder.Dispose();
    }
}
