using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Messaging;

/// <summary>The outbox: a message is written as an <c>O</c> row in the very commit that makes it due, sent right after,
/// and its row removed. A crash in between leaves the row for the sweeper. What is sent twice carries the same message
/// id, and the receiver's inbox row (<see cref="Inbox"/>) stops it.</summary>
public sealed class Outbox(ITableStore store, IMessageSender sender)
{
    internal const string Prefix = "O";

    private static readonly RowKeyRange Rows = RowKeyRange.Under(Prefix);

    /// <summary>The row to add to the commit.</summary>
    public static RowChange Row(QueueName queue, Envelope envelope, DateTimeOffset? notBefore = null) =>
        new RowChange.Insert(
            RowKey.Of(Prefix, envelope.MessageId),
            JsonSerializer.SerializeToUtf8Bytes(
                new OutboxEntry(queue.Value, envelope.ToJson(), envelope.MessageId, envelope.Find(Envelope.Session), notBefore?.ToString("O", CultureInfo.InvariantCulture)),
                OutboxJson.Default.OutboxEntry));

    /// <summary>Makes the commit and sends what of it is due, without a look at what else lies in the partition's outbox.</summary>
    public async Task<CommitResult> CommitAsync(
        TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var result = await store.CommitAsync(table, partition, changes, cancellationToken);
        if (result is not CommitResult.Committed committed) return result;
        var due = new List<TableRow>();
        for (var i = 0; i < changes.Count; i++)
            if (changes[i] is RowChange.Insert insert && Rows.Contains(insert.Key)) due.Add(new TableRow(insert.Key, committed.ETags[i], insert.Body));
        foreach (var chunk in due.Chunk(ITableStore.MaxChanges)) await SendAsync(table, partition, chunk, cancellationToken);
        return result;
    }

    /// <summary>Sends what lies in the partition's outbox, oldest key first, and removes it. Safe beside another relay.</summary>
    /// <returns>How many messages were sent.</returns>
    public async Task<int> RelayAsync(TableName table, PartitionKey partition, CancellationToken cancellationToken)
    {
        var rows = new List<TableRow>();
        await foreach (var row in store.QueryAsync(table, partition, Rows, cancellationToken))
            rows.Add(row);
        foreach (var chunk in rows.Chunk(ITableStore.MaxChanges)) await SendAsync(table, partition, chunk, cancellationToken);
        return rows.Count;
    }

    private async Task SendAsync(TableName table, PartitionKey partition, TableRow[] rows, CancellationToken cancellationToken)
    {
        foreach (var queue in rows.Select(Read).GroupBy(entry => entry.Queue))
            await sender.SendAsync(QueueName.Parse(queue.Key), [.. queue.Select(entry => entry.ToMessage())], cancellationToken);
        var deletes = rows.Select(row => (RowChange)new RowChange.Delete(row.Key, row.ETag)).ToList();
        if (await store.CommitAsync(table, partition, deletes, cancellationToken) is CommitResult.Committed) return;
        // Another relay removed some of them: remove what is left one by one.
        foreach (var delete in deletes)
            await store.CommitAsync(table, partition, [delete], cancellationToken);
    }

    private static OutboxEntry Read(TableRow row) =>
        JsonSerializer.Deserialize(row.Body.Span, OutboxJson.Default.OutboxEntry)
        ?? throw new FormatException("An outbox row is empty.");
}

/// <summary>The inbox: an <c>I</c> row, written in the commit of the work itself, says that a message's work is done.</summary>
public static class Inbox
{
    private const string Prefix = "I";

    /// <summary>The row to add to the commit; the commit conflicts on it if the work was done before.</summary>
    public static RowChange Row(Envelope envelope, DateTimeOffset now) =>
        new RowChange.Insert(Key(envelope), System.Text.Encoding.UTF8.GetBytes(now.ToString("O", CultureInfo.InvariantCulture)));

    public static RowKey Key(Envelope envelope) => RowKey.Of(Prefix, envelope.Key);

    public static async ValueTask<bool> IsDoneAsync(ITableStore store, TableName table, PartitionKey partition, Envelope envelope, CancellationToken cancellationToken) =>
        await store.GetAsync(table, partition, Key(envelope), cancellationToken) is not null;
}

internal sealed record OutboxEntry(string Queue, string Body, string MessageId, string? SessionId, string? NotBefore)
{
    public OutgoingMessage ToMessage() => new(
        Body, MessageId, SessionId,
        NotBefore is null ? null : DateTimeOffset.Parse(NotBefore, CultureInfo.InvariantCulture));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutboxEntry))]
internal sealed partial class OutboxJson : JsonSerializerContext;
