using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Messaging;

/// <summary>A piece of work given up after its last attempt, waiting for a person to have it replayed.</summary>
/// <param name="Queue">The queue it came from, and goes back to.</param>
/// <param name="Key">The envelope's key. It may name a school or hold a StudentKey: for rows, not for logs and pages.</param>
/// <param name="Kind">The envelope's kind; empty where the message was not an envelope.</param>
/// <param name="Reason">Types of the exceptions, never their texts: those may hold what a pupil's file said.</param>
/// <param name="Message">The message as it was, for its replay.</param>
public sealed record Failure(string Queue, string Key, string Kind, string Reason, int Attempts, DateTimeOffset When, string Message)
{
    /// <summary>Characters of a message that is not an envelope that are kept: a row holds 64 KiB, and JSON may write one
    /// character in six bytes.</summary>
    private const int MostKept = 8_000;

    /// <summary>Names the failure in an address and to whoever asks about it; says nothing of school or pupil.</summary>
    [JsonIgnore]
    public string Reference => ReferenceOf(Queue, Key);

    /// <summary>24 hex digits.</summary>
    public static string ReferenceOf(string queue, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{queue}|{key}")).AsSpan(0, 12));

    /// <summary>Of a message that is no envelope: it can be looked at, and not replayed.</summary>
    public static Failure OfNoEnvelope(QueueName queue, string message, string reason, int attempts, DateTimeOffset when) => new(
        queue.Value, "no envelope " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message)).AsSpan(0, 8)), "", reason, attempts, when,
        message.Length <= MostKept ? message : message[..MostKept]);

    /// <summary>Types of the exception and of what caused it, outermost first.</summary>
    public static string ReasonOf(Exception exception)
    {
        var reason = new StringBuilder(exception.GetType().FullName);
        for (var cause = exception.InnerException; cause is not null; cause = cause.InnerException)
            reason.Append(", caused by ").Append(cause.GetType().FullName);
        return reason.ToString();
    }
}

/// <summary>What became of a replay.</summary>
public enum ReplayResult
{
    /// <summary>It is on its way again.</summary>
    Sent,
    NotFound,
    /// <summary>The message was not an envelope: sent again it would only fail again. It stays to be looked at.</summary>
    NotReplayable,
}

/// <summary>Keeps failures as rows <c>X|queue|key</c> of table <c>feeds</c>, partition (district, "failures").</summary>
public sealed class FailureStore(ITableStore store, IMessageSender sender, DistrictId district)
{
    private const string Rows = "X";

    /// <summary>Keeps the failure; one of the same work that was kept before is replaced.</summary>
    public async Task AddAsync(Failure failure, CancellationToken cancellationToken)
    {
        var key = KeyOf(failure);
        var body = JsonSerializer.SerializeToUtf8Bytes(failure, FailureJson.Default.Failure);
        while (true)
        {
            RowChange change = await store.GetAsync(TableName.Feeds, Partition, key, cancellationToken) is { } row
                ? new RowChange.Replace(key, row.ETag, body)
                : new RowChange.Insert(key, body);
            if (await store.CommitAsync(TableName.Feeds, Partition, [change], cancellationToken) is CommitResult.Committed) return;
        }
    }

    /// <summary>All failures, by queue and key.</summary>
    public async Task<IReadOnlyList<Failure>> ListAsync(CancellationToken cancellationToken)
    {
        var failures = new List<Failure>();
        await foreach (var row in store.QueryAsync(TableName.Feeds, Partition, RowKeyRange.Under(Rows), cancellationToken)) failures.Add(Read(row));
        return failures;
    }

    public async Task<Failure?> FindAsync(string reference, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(f => f.Reference == reference);

    /// <summary>Removes a failure that nobody waits for any longer; one that has failed once more meanwhile too.</summary>
    public async Task RemoveAsync(Failure failure, CancellationToken cancellationToken)
    {
        while (await store.GetAsync(TableName.Feeds, Partition, KeyOf(failure), cancellationToken) is { } row)
            if (await store.CommitAsync(TableName.Feeds, Partition, [new RowChange.Delete(row.Key, row.ETag)], cancellationToken) is CommitResult.Committed) return;
    }

    /// <summary>Sends the work again, its attempts counted anew, and removes the failure. The inbox still knows the key, so
    /// what was done before is not done twice, however late the replay comes. Two replays at once send one message.</summary>
    public async Task<ReplayResult> ReplayAsync(string reference, CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(TableName.Feeds, Partition, RowKeyRange.Under(Rows), cancellationToken))
        {
            var failure = Read(row);
            if (failure.Reference != reference) continue;
            if (failure.Kind.Length == 0) return ReplayResult.NotReplayable;
            var envelope = Envelope.Parse(failure.Message);
            envelope = envelope with { Attempt = 1, Replay = envelope.Replay + 1 };
            await sender.SendAsync(QueueName.Parse(failure.Queue), [envelope.ToMessage()], cancellationToken);
            // Where it has failed once more meanwhile, the row is of that failure, and stays.
            await store.CommitAsync(TableName.Feeds, Partition, [new RowChange.Delete(row.Key, row.ETag)], cancellationToken);
            return ReplayResult.Sent;
        }
        return ReplayResult.NotFound;
    }

    private PartitionKey Partition => PartitionKey.Of(district.Value, "failures");

    private static RowKey KeyOf(Failure failure) => RowKey.Of(Rows, failure.Queue, failure.Key);

    private static Failure Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, FailureJson.Default.Failure)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Failure))]
internal sealed partial class FailureJson : JsonSerializerContext;
