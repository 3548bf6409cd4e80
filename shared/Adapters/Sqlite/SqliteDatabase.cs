using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>The embedded database: one file in the data folder, in WAL mode, so that readers and one writer do not wait for each
/// other, and several processes may have it open at once.</summary>
/// <remarks>All writes of a process go through one connection, one after the other; those that wait meanwhile share the
/// next transaction and its one flush to disk. Reads take a connection from a pool.</remarks>
public sealed class SqliteDatabase : IDisposable
{
    private const int MaxGroup = 64;

    // 2^36 writes an opening, 2^27 openings: one a second for four years.
    private const int VersionBits = 36;

    private readonly SqliteOptions options;
    private readonly Connection writer;
    private readonly ConcurrentBag<Connection> readers = [];
    private readonly ConcurrentQueue<Write> waiting = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private long version;
    private bool flushes;
    private bool disposed;

    private SqliteDatabase(SqliteOptions options, Connection writer, long version)
    {
        this.options = options;
        this.writer = writer;
        this.version = version;
        flushes = options.SurvivesPowerCut;
    }

    /// <summary>Opens the database, making it or bringing it up to date as needed.</summary>
    /// <exception cref="InvalidDataException">The file was written by a later version of the program.</exception>
    public static SqliteDatabase Open(SqliteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OwnerOnly.CreateFolder(options.Folder);
        var connection = Connect(options);
        try
        {
            EnterWalMode(connection, options.BusyTimeout);
            SqliteSchema.Migrate(connection);
            // Each opening counts row versions from a range of its own, so that no version ever comes back, whoever writes.
            using var opening = connection.Prepare("UPDATE opening SET count = count + 1 RETURNING count");
            opening.Step();
            var first = opening.Long(0) << VersionBits;
            opening.Execute();
            return new SqliteDatabase(options, connection, first);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A number no write in this file ever had. Only for use within a write.</summary>
    internal long NextVersion() => ++version;

    /// <summary>Lends a connection for a short read; no caller's code runs while it is out.</summary>
    internal Reader Read()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return new Reader(this, readers.TryTake(out var free) ? free : Connect(options));
    }

    /// <summary>Runs the work in a transaction, alone or together with others', and returns when it is on disk. The work says
    /// whether to keep what it did; one that throws leaves nothing behind either.</summary>
    /// <param name="flush">False: it returns when the system has the work, and the next flushed write takes it to disk along with
    /// its own. The death of the process cannot undo it; a power cut can, never without all that came after (docs/adr/0010).</param>
    internal async ValueTask<T> WriteAsync<T>(
        Func<Connection, (bool Keep, T Result)> work, CancellationToken cancellationToken, bool flush = true)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(disposed, this);
        var write = new Write<T>(work) { Flush = flush };
        waiting.Enqueue(write);
        // Not cancelled from here on: another writer may have it in hand already.
        await turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            while (!write.IsDone) RunWaiting();
        }
        finally
        {
            turn.Release();
        }
        return write.Result();
    }

    /// <summary>Writes the whole file anew and empties the write-ahead log, so that nothing that was deleted or replaced is left in
    /// either. Takes as long as a copy of the file, and nobody else writes meanwhile.</summary>
    /// <returns>False if another process was reading and the log still holds what it may need: run it again when none does.</returns>
    public async Task<bool> CompactAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            writer.Script("VACUUM");
            // The first column says whether somebody was in the way.
            return writer.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        turn.Wait();
        try
        {
            if (disposed) return;
            disposed = true;
            while (readers.TryTake(out var reader)) reader.Dispose();
            writer.Dispose();
        }
        finally
        {
            turn.Release();
        }
    }

    private void RunWaiting()
    {
        var group = new List<Write>();
        while (group.Count < MaxGroup && waiting.TryDequeue(out var next)) group.Add(next);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            FlushCommits(options.SurvivesPowerCut && group.Exists(write => write.Flush));
            writer.Execute("BEGIN IMMEDIATE");
            var kept = group.Count == 1 ? group[0].Run(writer) : RunEach(group);
            writer.Execute(kept ? "COMMIT" : "ROLLBACK");
            foreach (var write in group) write.Done();
        }
        catch (Exception e)
        {
            if (!disposed && writer.InTransaction) writer.Execute("ROLLBACK");
            foreach (var write in group) write.Fail(e);
        }
    }

    private void FlushCommits(bool flush)
    {
        if (flush == flushes) return;
        writer.Script(Synchronous(flush));
        flushes = flush;
    }

    private bool RunEach(List<Write> group)
    {
        var kept = false;
        foreach (var write in group)
        {
            writer.Execute("SAVEPOINT one");
            try
            {
                if (write.Run(writer)) kept = true;
                else writer.Execute("ROLLBACK TO one");
            }
            catch (Exception e) when (writer.InTransaction)
            {
                writer.Execute("ROLLBACK TO one");
                write.Fail(e);
            }
            writer.Execute("RELEASE one");
        }
        return kept;
    }

    private void Return(Connection connection)
    {
        readers.Add(connection);
        // Disposed while it was out: nobody else will close it.
        if (disposed && readers.TryTake(out var late)) late.Dispose();
    }

    private static Connection Connect(SqliteOptions options)
    {
        var connection = Connection.Open(options.FilePath, options.BusyTimeout);
        connection.Script(Synchronous(options.SurvivesPowerCut) + "; PRAGMA temp_store = MEMORY");
        return connection;
    }

    /// <summary>Whether a commit waits until the write-ahead log is on disk; a checkpoint does in either case.</summary>
    private static string Synchronous(bool flush) => flush ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";

    /// <summary>SQLite does not wait its busy timeout when two processes change the mode of a new file at once.</summary>
    private static void EnterWalMode(Connection connection, TimeSpan patience)
    {
        const int Pause = 10;
        for (var waited = 0; ; waited += Pause)
        {
            try
            {
                connection.Script($"PRAGMA page_size = {SqliteSchema.PageSize}; PRAGMA journal_mode = WAL");
                return;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_BUSY && waited < patience.TotalMilliseconds)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    /// <summary>A connection on loan; disposing it gives it back.</summary>
    internal readonly struct Reader(SqliteDatabase database, Connection connection) : IDisposable
    {
        public Connection Connection => connection;

        public void Dispose() => database.Return(connection);
    }

    private abstract class Write
    {
        private Exception? failure;

        public required bool Flush { get; init; }

        public bool IsDone { get; private set; }

        public abstract bool Run(Connection connection);

        public void Done() => IsDone = true;

        public void Fail(Exception e)
        {
            failure ??= e;
            IsDone = true;
        }

        protected void ThrowIfFailed()
        {
            if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private sealed class Write<T>(Func<Connection, (bool Keep, T Result)> work) : Write
    {
        private T? result;

        public override bool Run(Connection connection)
        {
            (var keep, result) = work(connection);
            return keep;
        }

        public T Result()
        {
            ThrowIfFailed();
            return result!;
        }
    }
}
