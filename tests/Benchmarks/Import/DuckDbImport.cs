using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Import;

/// <summary>What an import into DuckDB took and found. Times count from opening the database.</summary>
/// <param name="Committed">Durable: the write-ahead log is synced.</param>
/// <param name="Checkpointed">The log is folded into the database file as well.</param>
public sealed record DuckDbImported(TimeSpan Committed, TimeSpan Checkpointed, long Applied, IReadOnlyDictionary<string, long> Counts);

/// <summary>DuckDB loading the register file into a database on disk that already holds 150 days.</summary>
public static class DuckDbImport
{
    /// <summary>The path of the database that every run starts from; built once and kept.</summary>
    public static string EnsureStore(string folder, ImportShape shape)
    {
        var path = Path.Combine(folder, $"duckdb-{shape.Pupils}.db");
        if (File.Exists(path)) return path;
        var partial = path + ".partial";
        File.Delete(partial);
        using (var connection = Open(partial))
        {
            Execute(connection, Sql.Read("store.sql"));
            FillRoster(connection, shape);
            Execute(connection, Sql.Read("history.sql").Replace("$history", ImportShape.HistoryDays.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        File.Move(partial, path);
        return path;
    }

    private static void FillRoster(DuckDBConnection connection, ImportShape shape)
    {
        using (var schools = connection.CreateAppender("school"))
        using (var calendar = connection.CreateAppender("calendar"))
            for (var school = 0; school < shape.Schools; school++)
            {
                schools.CreateRow().AppendValue(school).AppendValue(ImportShape.SchoolId(school)).EndRow();
                foreach (var date in ImportShape.Calendar.Dates) calendar.CreateRow().AppendValue(school).AppendValue(date).EndRow();
            }

        using var students = connection.CreateAppender("student");
        using var enrolments = connection.CreateAppender("enrolment");
        for (var pupil = 0; pupil < shape.Pupils; pupil++)
        {
            students.CreateRow().AppendValue(pupil).AppendValue(ImportShape.StudentUniqueId(pupil)).EndRow();
            enrolments.CreateRow().AppendValue(pupil).AppendValue(shape.SchoolOf(pupil)).AppendValue(ImportShape.RollFrom).AppendValue(new DateOnly(9999, 12, 31)).EndRow();
        }
    }

    /// <summary>A copy for one run, so that every run meets the same store.</summary>
    public static string Copy(string store)
    {
        var copy = store + ".run";
        File.Delete(copy + ".wal");
        File.Copy(store, copy, overwrite: true);
        return copy;
    }

    public static DuckDbImported Run(string database, string feed)
    {
        var start = Stopwatch.GetTimestamp();
        using var connection = Open(database);
        // By default the commit of a large load checkpoints by itself; put off, the two can be told apart.
        Execute(connection, "SET checkpoint_threshold = '1TB'");
        Execute(connection, Sql.Read("import.sql").Replace("$file", feed.Replace("'", "''", StringComparison.Ordinal), StringComparison.Ordinal));
        var counts = Counts(connection);
        var committed = Stopwatch.GetElapsedTime(start);
        Execute(connection, "CHECKPOINT");
        var checkpointed = Stopwatch.GetElapsedTime(start);
        return new DuckDbImported(committed, checkpointed, Scalar(connection, "SELECT count(*) FROM attendance WHERE feed = 2"), counts);
    }

    private static Dictionary<string, long> Counts(DuckDBConnection connection)
    {
        Dictionary<string, long> counts = [];
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT coalesce(kept_out, 'applied') AS what, count(*) FROM staged GROUP BY ALL
            UNION ALL SELECT 'unknown code', count(*) FROM staged WHERE unknown_code
            UNION ALL SELECT 'not parsed', count(*) FROM reject_errors
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read()) counts[reader.GetString(0)] = reader.GetInt64(1);
        return counts;
    }

    private static DuckDBConnection Open(string path)
    {
        var connection = new DuckDBConnection($"Data Source={path}");
        connection.Open();
        return connection;
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
