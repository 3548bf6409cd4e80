using Microsoft.Data.Sqlite;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>The tables of the database file, and how a file of an earlier version becomes one of today.</summary>
internal static class SqliteSchema
{
    // An entry's body of a few kilobytes lies with its neighbours in one large page (PageSize). Keyed by itself (WITHOUT ROWID), each
    // would spill into a chain of its own and every insert would shift others: twice the time to write, twice to read.
    // Step n brings a file of version n (user_version) to n + 1; steps are only ever added.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE opening (count INTEGER NOT NULL);
        INSERT INTO opening VALUES (0);

        CREATE TABLE partition (
            id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, key BLOB NOT NULL, UNIQUE (table_name, key));
        CREATE TABLE entry (
            partition INTEGER NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (partition, key));

        CREATE TABLE message (
            sequence INTEGER PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, session_id TEXT, body TEXT NOT NULL,
            enqueued_at INTEGER NOT NULL, due_at INTEGER NOT NULL, visible_at INTEGER NOT NULL,
            deliveries INTEGER NOT NULL, lock INTEGER NOT NULL);
        CREATE INDEX message_by_due ON message (queue, due_at, sequence, visible_at, session_id);
        CREATE INDEX message_by_session ON message (queue, session_id, due_at, sequence) WHERE session_id IS NOT NULL;

        CREATE TABLE sent (
            queue TEXT NOT NULL, message_id TEXT NOT NULL, sent_at INTEGER NOT NULL, PRIMARY KEY (queue, message_id)) WITHOUT ROWID;
        CREATE INDEX sent_by_time ON sent (sent_at);

        CREATE TABLE dead_letter (
            id INTEGER PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, session_id TEXT, body TEXT NOT NULL,
            enqueued_at INTEGER NOT NULL, deliveries INTEGER NOT NULL, dead_at INTEGER NOT NULL, reason TEXT NOT NULL);
        CREATE INDEX dead_letter_by_time ON dead_letter (queue, dead_at);
        """,
    ];

    /// <summary>Bytes in a page of a new file.</summary>
    public const int PageSize = 16 * 1024;

    /// <exception cref="InvalidDataException">The file was written by a later version of the program.</exception>
    public static void Migrate(Connection connection)
    {
        if (Version(connection) == Steps.Length) return;
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            // Asked again under the lock: another process may have been first.
            var version = Version(connection);
            if (version > Steps.Length)
                throw new InvalidDataException("The data folder was written by a later version of SchoolSignal; this version would damage it.");
            for (; version < Steps.Length; version++) connection.Script(Steps[version]);
            connection.Script($"PRAGMA user_version = {Steps.Length}");
            connection.Execute("COMMIT");
        }
        catch
        {
            if (connection.InTransaction) connection.Execute("ROLLBACK");
            throw;
        }
    }

    private static int Version(Connection connection) => (int)connection.Scalar("PRAGMA user_version");
}
