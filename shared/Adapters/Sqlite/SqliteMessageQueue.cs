using System.Collections.Concurrent;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>The embedded queue, with the semantics of Azure Service Bus that we rely on: peek-lock, delivery count and dead letter,
/// duplicate detection by message id, scheduled delivery, and sessions.</summary>
/// <remarks>Order: by the time a message fell due, then as sent. Within a session strictly so, one at a time: while a message is
/// on loan, or was handed back with a delay, the session's later ones wait. Nothing here waits for the disk: what is sent follows
/// from a row that is on disk (an outbox row, or the message in work), and that row's removal comes later in the same log. A power
/// cut may take back a message, never without bringing back what asked for it; it may bring one back that was done, as any
/// receiver must expect (docs/adr/0010).</remarks>
public sealed class SqliteMessageQueue(SqliteDatabase database, TimeProvider clock) : IMessageSender, IDeadLetterReader
{
    /// <summary>A message that failed so often is given up.</summary>
    public const int MaxDeliveries = 10;

    /// <summary>The longest message id and session id, in characters; Service Bus's limit.</summary>
    public const int MaxIdLength = 128;

    /// <summary>A message id sent again within this time, its end excluded, is swallowed, whatever became of the first.</summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);

    /// <summary>How often another process's messages, and those that fell due, are looked for.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    // Each message sent clears away at most two old ids: the memory of ids shrinks as fast as it may grow.
    private const int PurgePerMessage = 2;

    // A message is ready if it is due, on loan to nobody, and the first of its session.
    private const string Ready = """
        FROM message AS m WHERE queue = ?1 AND due_at <= ?2 AND visible_at <= ?2 AND (session_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM message AS e WHERE e.queue = m.queue AND e.session_id = m.session_id
                AND (e.due_at, e.sequence) < (m.due_at, m.sequence)))
        """;

    // A loan is held by its token, until its time, which is excluded.
    private const string Held = "WHERE sequence = ?1 AND lock = ?2 AND visible_at > ?3";

    private readonly ConcurrentDictionary<QueueName, TaskCompletionSource> changes = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is empty or longer than <see cref="MaxIdLength"/>.</exception>
    public async ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages)
            if (message.MessageId.Length is 0 or > MaxIdLength || message.SessionId?.Length is 0 or > MaxIdLength)
                throw new ArgumentException($"A message's ids are 1 to {MaxIdLength} characters long.", nameof(messages));
        if (messages.Count == 0) return;
        await database.WriteAsync(
            connection =>
            {
                foreach (var message in messages) Send(connection, queue, message);
                return (true, true);
            },
            cancellationToken, flush: false).ConfigureAwait(false);
        Signal(queue);
    }

    /// <summary>Lends out up to <paramref name="max"/> messages that are ready, oldest first; none if none is.</summary>
    public async ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        QueueName queue, int max, TimeSpan lockFor, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lockFor, TimeSpan.Zero);
        if (!IsAnyReady(queue)) return [];
        return await database.WriteAsync(
            connection => (true, (IReadOnlyList<ReceivedMessage>)Lend(connection, queue, max, lockFor)), cancellationToken, flush: false).ConfigureAwait(false);
    }

    /// <summary>Waits until a message may be ready, at the longest <paramref name="atMost"/>. Messages sent in this process wake it at
    /// once, others within <see cref="PollInterval"/>.</summary>
    /// <returns>True if a message was ready.</returns>
    public async ValueTask<bool> WaitAsync(QueueName queue, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            // Taken before the look, so that what is sent in between is not missed.
            var change = changes.GetOrAdd(queue, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (IsAnyReady(queue)) return true;
            var left = atMost - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return false;
            try
            {
                await change.WaitAsync(left < PollInterval ? left : PollInterval, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Time to look again.
            }
        }
    }

    /// <summary>The work is done; the message is gone. False if the lock was lost: another receiver will have it, or has had it.</summary>
    public ValueTask<bool> CompleteAsync(ReceivedMessage message, CancellationToken cancellationToken) =>
        SettleAsync(message, connection => Hold(connection, "DELETE FROM message " + Held, message).Execute() > 0, cancellationToken);

    /// <summary>The lock holds from now for <paramref name="lockFor"/>. False if it was lost.</summary>
    public ValueTask<bool> RenewAsync(ReceivedMessage message, TimeSpan lockFor, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lockFor, TimeSpan.Zero);
        return SettleAsync(message, connection => HideUntil(connection, message, Now + lockFor.Ticks, message.LockToken.Value), cancellationToken);
    }

    /// <summary>Hands the message back for another delivery, not before <paramref name="delay"/> is over; after the last delivery
    /// it becomes a dead letter. False if the lock was lost.</summary>
    public ValueTask<bool> AbandonAsync(ReceivedMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfNegative(delay.Ticks, nameof(delay));
        return SettleAsync(
            message,
            connection => message.DeliveryCount >= MaxDeliveries
                ? IsHeld(connection, message) && GiveUp(connection, message.Sequence, TooOften)
                : HideUntil(connection, message, Now + delay.Ticks, 0),
            cancellationToken);
    }

    /// <summary>Gives the message up. The reason names no pupil. False if the lock was lost.</summary>
    public ValueTask<bool> DeadLetterAsync(ReceivedMessage message, string reason, CancellationToken cancellationToken) =>
        SettleAsync(message, connection => IsHeld(connection, message) && GiveUp(connection, message.Sequence, reason), cancellationToken);

    /// <summary>How many messages the queue holds now.</summary>
    public QueueCounts Count(QueueName queue)
    {
        using var reader = database.Read();
        using var count = reader.Connection.Prepare("""
            SELECT (SELECT count(*) FROM message WHERE queue = ?1 AND due_at <= ?2),
                   (SELECT count(*) FROM message WHERE queue = ?1 AND due_at > ?2),
                   (SELECT count(*) FROM dead_letter WHERE queue = ?1)
            """);
        count.Bind(1, queue.Value).Bind(2, Now).Step();
        return new QueueCounts(count.Long(0), count.Long(1), count.Long(2));
    }

    /// <summary>Dead letters, oldest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(QueueName queue, int max)
    {
        using var reader = database.Read();
        using var select = reader.Connection.Prepare("""
            SELECT body, message_id, session_id, deliveries, enqueued_at, dead_at, reason
            FROM dead_letter WHERE queue = ?1 ORDER BY dead_at, id LIMIT ?2
            """);
        select.Bind(1, queue.Value).Bind(2, max);
        var letters = new List<DeadLetter>();
        while (select.Step())
            letters.Add(new DeadLetter(
                queue, select.Text(0), select.Text(1), select.TextOrNull(2), select.Int(3),
                Time(select.Long(4)), Time(select.Long(5)), select.Text(6)));
        return letters;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GivenUpMessage>> PeekAsync(QueueName queue, int max, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<GivenUpMessage>>([.. DeadLetters(queue, max).Select(GivenUp)]);

    /// <inheritdoc/>
    public async ValueTask<int> TakeAsync(
        QueueName queue, int max, Func<GivenUpMessage, CancellationToken, Task> keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keep);
        var taken = 0;
        foreach (var letter in DeadLetters(queue, max))
        {
            await keep(GivenUp(letter), cancellationToken).ConfigureAwait(false);
            taken += await database.WriteAsync(
                connection =>
                {
                    using var delete = connection.Prepare("DELETE FROM dead_letter WHERE queue = ?1 AND message_id = ?2 AND dead_at = ?3");
                    var removed = delete.Bind(1, queue.Value).Bind(2, letter.MessageId).Bind(3, letter.DeadAt.UtcTicks).Execute();
                    return (removed > 0, removed);
                },
                cancellationToken).ConfigureAwait(false);
        }
        return taken;
    }

    private static GivenUpMessage GivenUp(DeadLetter letter) => new(letter.Queue, letter.Body, letter.MessageId, letter.DeliveryCount, letter.Reason);

    /// <summary>Removes dead letters that died before the given time, the oldest first, at most <paramref name="max"/> in one call.</summary>
    /// <returns>How many were removed.</returns>
    public ValueTask<int> PurgeDeadLettersAsync(QueueName queue, DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                using var purge = connection.Prepare("""
                    DELETE FROM dead_letter WHERE id IN (
                        SELECT id FROM dead_letter WHERE queue = ?1 AND dead_at < ?2 ORDER BY dead_at LIMIT ?3)
                    """);
                var removed = purge.Bind(1, queue.Value).Bind(2, before.UtcTicks).Bind(3, max).Execute();
                return (removed > 0, removed);
            },
            cancellationToken);

    private static string TooOften { get; } = $"Delivered {MaxDeliveries} times and never completed.";

    private long Now => clock.GetUtcNow().UtcTicks;

    private void Send(Connection connection, QueueName queue, OutgoingMessage message)
    {
        var now = Now;
        using var purge = connection.Prepare("""
            DELETE FROM sent WHERE (queue, message_id) IN (
                SELECT queue, message_id FROM sent WHERE sent_at <= ?1 ORDER BY sent_at LIMIT ?2)
            """);
        purge.Bind(1, now - DuplicateWindow.Ticks).Bind(2, PurgePerMessage).Execute();
        using var remember = connection.Prepare("""
            INSERT INTO sent (queue, message_id, sent_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET sent_at = excluded.sent_at WHERE sent_at <= ?4
            """);
        remember.Bind(1, queue.Value).Bind(2, message.MessageId).Bind(3, now).Bind(4, now - DuplicateWindow.Ticks);
        if (remember.Execute() == 0) return;
        var due = Math.Max(now, message.NotBefore?.UtcTicks ?? now);
        using var insert = connection.Prepare("""
            INSERT INTO message (queue, message_id, session_id, body, enqueued_at, due_at, visible_at, deliveries, lock)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 0, 0)
            """);
        insert.Bind(1, queue.Value).Bind(2, message.MessageId).Bind(3, message.SessionId).Bind(4, message.Body).Bind(5, now).Bind(6, due).Execute();
    }

    private List<ReceivedMessage> Lend(Connection connection, QueueName queue, int max, TimeSpan lockFor)
    {
        var now = Now;
        var until = now + lockFor.Ticks;
        var lent = new List<ReceivedMessage>();
        bool again;
        do
        {
            again = false;
            foreach (var found in FindReady(connection, queue, max - lent.Count, now))
            {
                if (found.DeliveryCount >= MaxDeliveries)
                {
                    // Its last receiver let the lock run out. What waited behind it may now be ready.
                    again = GiveUp(connection, found.Sequence, TooOften);
                    continue;
                }
                var message = found with
                {
                    DeliveryCount = found.DeliveryCount + 1,
                    LockToken = new LockToken(database.NextVersion()),
                    LockedUntil = Time(until),
                };
                using var take = connection.Prepare("UPDATE message SET deliveries = ?2, lock = ?3, visible_at = ?4 WHERE sequence = ?1");
                take.Bind(1, message.Sequence).Bind(2, message.DeliveryCount).Bind(3, message.LockToken.Value).Bind(4, until).Execute();
                lent.Add(message);
            }
        }
        while (again && lent.Count < max);
        return lent;
    }

    private static List<ReceivedMessage> FindReady(Connection connection, QueueName queue, int max, long now)
    {
        using var select = connection.Prepare(
            "SELECT sequence, body, message_id, session_id, deliveries, enqueued_at " + Ready + " ORDER BY due_at, sequence LIMIT ?3");
        select.Bind(1, queue.Value).Bind(2, now).Bind(3, max);
        var found = new List<ReceivedMessage>();
        while (select.Step())
            found.Add(new ReceivedMessage(
                queue, select.Text(1), select.Text(2), select.TextOrNull(3), select.Int(4), default, default, Time(select.Long(5)))
            {
                Sequence = select.Long(0),
            });
        return found;
    }

    private bool IsAnyReady(QueueName queue)
    {
        using var reader = database.Read();
        using var select = reader.Connection.Prepare("SELECT 1 " + Ready + " LIMIT 1");
        return select.Bind(1, queue.Value).Bind(2, Now).Step();
    }

    private async ValueTask<bool> SettleAsync(ReceivedMessage message, Func<Connection, bool> settle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var held = await database.WriteAsync(
            connection =>
            {
                var done = settle(connection);
                return (done, done);
            },
            cancellationToken, flush: false).ConfigureAwait(false);
        // The message itself, or the next of its session, may be ready.
        if (held) Signal(message.Queue);
        return held;
    }

    private Statement Hold(Connection connection, string sql, ReceivedMessage message) =>
        connection.Prepare(sql).Bind(1, message.Sequence).Bind(2, message.LockToken.Value).Bind(3, Now);

    private bool IsHeld(Connection connection, ReceivedMessage message)
    {
        using var select = Hold(connection, "SELECT 1 FROM message " + Held, message);
        return select.Step();
    }

    private bool HideUntil(Connection connection, ReceivedMessage message, long until, long token)
    {
        using var update = Hold(connection, "UPDATE message SET visible_at = ?4, lock = ?5 " + Held, message);
        return update.Bind(4, until).Bind(5, token).Execute() > 0;
    }

    private bool GiveUp(Connection connection, long sequence, string reason)
    {
        using var copy = connection.Prepare("""
            INSERT INTO dead_letter (queue, message_id, session_id, body, enqueued_at, deliveries, dead_at, reason)
            SELECT queue, message_id, session_id, body, enqueued_at, deliveries, ?2, ?3 FROM message WHERE sequence = ?1
            """);
        copy.Bind(1, sequence).Bind(2, Now).Bind(3, reason).Execute();
        using var delete = connection.Prepare("DELETE FROM message WHERE sequence = ?1");
        return delete.Bind(1, sequence).Execute() > 0;
    }

    private void Signal(QueueName queue)
    {
        if (changes.TryRemove(queue, out var change)) change.SetResult();
    }

    private static DateTimeOffset Time(long utcTicks) => new(utcTicks, TimeSpan.Zero);
}
