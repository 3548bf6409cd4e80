using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>Looks into the embedded queues: messages, dead letters, and the ids remembered for duplicate detection.</summary>
internal sealed class SqliteWaitingMessages(SqliteDatabase database) : IWaitingMessages
{
    public ValueTask<long?> CountAsync(CancellationToken cancellationToken)
    {
        using var reader = database.Read();
        return ValueTask.FromResult<long?>(reader.Connection.Scalar("SELECT count(*) FROM message"));
    }

    public ValueTask<int> CountAsync(Func<string, bool> mentions, CancellationToken cancellationToken)
    {
        using var reader = database.Read();
        return ValueTask.FromResult(Find(reader.Connection, mentions).Sum(of => of.Rows.Count));
    }

    public ValueTask<int> RemoveAsync(Func<string, bool> mentions, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var removed = 0;
            foreach (var (table, rows) in Find(connection, mentions))
            {
                using var delete = connection.Prepare($"DELETE FROM {table.Name} WHERE {table.Key} = ?1");
                foreach (var row in rows) removed += delete.Bind(1, row).Execute();
            }
            RemoveIds(connection, mentions);
            return (true, removed);
        },
        cancellationToken);

    private static List<((string Name, string Key) Table, List<long> Rows)> Find(Connection connection, Func<string, bool> mentions)
    {
        var found = new List<((string, string), List<long>)>();
        foreach (var table in new[] { (Name: "message", Key: "sequence"), (Name: "dead_letter", Key: "id") })
        {
            var rows = new List<long>();
            using var select = connection.Prepare($"SELECT {table.Key}, body, message_id FROM {table.Name} WHERE queue <> ?1");
            select.Bind(1, QueueName.Audit.Value);
            while (select.Step())
                if (mentions(select.Text(1)) || mentions(select.Text(2))) rows.Add(select.Long(0));
            found.Add((table, rows));
        }
        return found;
    }

    private static void RemoveIds(Connection connection, Func<string, bool> mentions)
    {
        var ids = new List<(string Queue, string Id)>();
        using (var select = connection.Prepare("SELECT queue, message_id FROM sent"))
            while (select.Step())
                if (mentions(select.Text(1))) ids.Add((select.Text(0), select.Text(1)));
        using var delete = connection.Prepare("DELETE FROM sent WHERE queue = ?1 AND message_id = ?2");
        foreach (var (queue, id) in ids) delete.Bind(1, queue).Bind(2, id).Execute();
    }
}
