using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>One connection and its prepared statements; used by one thread at a time. It stands on SQLitePCLRaw, the layer
/// below ADO.NET: an import binds and reads bodies as spans, without a parameter object or a copy per row.</summary>
internal sealed class Connection : IDisposable
{
    private readonly sqlite3 handle;
    private readonly Dictionary<string, sqlite3_stmt> statements = new(StringComparer.Ordinal);

    private Connection(sqlite3 handle) => this.handle = handle;

    public static Connection Open(string path, TimeSpan busyTimeout)
    {
        Batteries_V2.Init();
        var code = raw.sqlite3_open_v2(
            path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new Connection(handle);
        try
        {
            if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, handle);
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, (int)Math.Min(busyTimeout.TotalMilliseconds, int.MaxValue));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>True between BEGIN and COMMIT or ROLLBACK; SQLite itself ends a transaction on a full disk or an I/O error.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>The statement of that text, prepared once. One use at a time: dispose it before asking again.</summary>
    public Statement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            var code = raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement);
            if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, handle);
            statements.Add(sql, statement);
        }
        return new Statement(handle, statement);
    }

    public int Execute(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Execute();
    }

    public long Scalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    /// <summary>Runs a script of several statements.</summary>
    public void Script(string sql)
    {
        var code = raw.sqlite3_exec(handle, sql);
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, handle);
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values) statement.Dispose();
        statements.Clear();
        handle.Dispose();
    }
}
