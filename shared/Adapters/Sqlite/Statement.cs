using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>A prepared statement, lent out by its <see cref="Connection"/>; disposing it resets it, so that no read
/// transaction stays open. Parameters count from 1, columns from 0.</summary>
internal readonly struct Statement(sqlite3 connection, sqlite3_stmt statement) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span would be bound as NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, parameter, 0) : raw.sqlite3_bind_blob(statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(statement, parameter) : raw.sqlite3_bind_text(statement, parameter, value));
        return this;
    }

    /// <summary>True if there is a row (another one) to read.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE) Check(code);
        return false;
    }

    /// <summary>Runs the statement to its end, makes it ready for the next parameters, and returns how many rows it changed.</summary>
    public int Execute()
    {
        while (Step()) { }
        var changed = raw.sqlite3_changes(connection);
        Check(raw.sqlite3_reset(statement));
        return changed;
    }

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int(int column) => raw.sqlite3_column_int(statement, column);

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public string? TextOrNull(int column) =>
        raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL ? null : Text(column);

    public void Dispose() => _ = raw.sqlite3_reset(statement);

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, connection);
    }
}
