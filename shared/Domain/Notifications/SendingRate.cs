using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Who shares a mailbox's rate.</summary>
public enum SendingShare
{
    /// <summary>What can wait: weekly digests. They take what the others leave.</summary>
    Digest,
    Routine,
    /// <summary>Safeguarding. A part of the rate is kept for it.</summary>
    Urgent,
}

/// <summary>A turn to send, and whether it is now.</summary>
public abstract record SendingTurn
{
    /// <param name="Lease">Given back when the call has ended.</param>
    public sealed record Now(Guid Lease) : SendingTurn;

    public sealed record Later(DateTimeOffset At) : SendingTurn;
}

/// <summary>The calls of a mailbox in the last minute. Pure.</summary>
/// <param name="RestUntil">The service asked for rest until then.</param>
public sealed record SendingWindow(IReadOnlyList<SendingCall> Calls, DateTimeOffset? RestUntil)
{
    /// <summary>The most mails in any 60 seconds (Exchange Online's message rate limit), inclusive.</summary>
    public const int MostAMinute = 30;

    /// <summary>The most calls at a time (Outlook's limit per app and mailbox), inclusive.</summary>
    public const int MostAtOnce = 4;

    /// <summary>What of the rate only Urgent may take.</summary>
    public const int KeptForUrgent = 8;

    /// <summary>What of the rate digests leave to routine mail.</summary>
    public const int KeptForRoutine = 10;

    /// <summary>A call not given back by then belongs to a process that died.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static SendingWindow Empty { get; } = new([], null);

    /// <returns>The window with the call in it, or when to ask again.</returns>
    public (SendingWindow After, SendingTurn Turn) Take(SendingShare share, Guid lease, DateTimeOffset now)
    {
        if (RestUntil is { } rest && rest > now) return (this, new SendingTurn.Later(rest));
        var recent = Calls.Where(call => call.At + Minute > now || IsOpen(call, now)).ToList();
        var most = MostAMinute - (share switch
        {
            SendingShare.Urgent => 0,
            SendingShare.Routine => KeptForUrgent,
            _ => KeptForUrgent + KeptForRoutine,
        });
        var inMinute = recent.Where(call => call.At + Minute > now).ToList();
        if (inMinute.Count >= most) return (this, new SendingTurn.Later(inMinute[inMinute.Count - most].At + Minute));
        var open = recent.Where(call => IsOpen(call, now)).ToList();
        // One of the four places is Urgent's alone.
        if (open.Count >= MostAtOnce - (share == SendingShare.Urgent ? 0 : 1)) return (this, new SendingTurn.Later(now + TimeSpan.FromSeconds(1)));
        recent.Add(new SendingCall(now, lease, null));
        return (new SendingWindow(recent, null), new SendingTurn.Now(lease));
    }

    public SendingWindow GiveBack(Guid lease, DateTimeOffset? restUntil, DateTimeOffset now) => new(
        [.. Calls.Select(call => call.Lease == lease ? call with { EndedAt = now } : call)],
        restUntil > (RestUntil ?? default) ? restUntil : RestUntil);

    private static bool IsOpen(SendingCall call, DateTimeOffset now) => call.EndedAt is null && call.At + LongestCall > now;
}

/// <summary>One call of a mailbox.</summary>
public sealed record SendingCall(DateTimeOffset At, Guid Lease, DateTimeOffset? EndedAt);

/// <summary>Holds a mailbox to its rate over any number of instances: one row <c>S|mailbox</c> of the district's partition "sending",
/// changed under its version.</summary>
public sealed class SendingRate(ITableStore store, DistrictId district, TimeProvider time)
{
    /// <summary>Up to this wait a sender sits it out; longer ones go back to the queue.</summary>
    private static readonly TimeSpan LongestWaitHere = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a turn that comes soon.</summary>
    public async Task<SendingTurn> TakeAsync(string mailbox, SendingShare share, CancellationToken cancellationToken)
    {
        while (true)
        {
            var turn = await TryTakeAsync(mailbox, share, cancellationToken);
            if (turn is not SendingTurn.Later later || later.At - time.GetUtcNow() > LongestWaitHere) return turn;
            var wait = later.At - time.GetUtcNow();
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <param name="restUntil">The service asked for rest until then.</param>
    public async Task GiveBackAsync(string mailbox, Guid lease, DateTimeOffset? restUntil, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await store.GetAsync(TableName.District, Partition, KeyOf(mailbox), cancellationToken);
            if (row is not { } there) return;
            var after = Read(there).GiveBack(lease, restUntil, time.GetUtcNow());
            if (await WriteAsync(mailbox, there, after, cancellationToken)) return;
        }
    }

    private async Task<SendingTurn> TryTakeAsync(string mailbox, SendingShare share, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await store.GetAsync(TableName.District, Partition, KeyOf(mailbox), cancellationToken);
            var (after, turn) = (row is { } there ? Read(there) : SendingWindow.Empty).Take(share, Guid.NewGuid(), time.GetUtcNow());
            if (turn is SendingTurn.Later || await WriteAsync(mailbox, row, after, cancellationToken)) return turn;
        }
    }

    private async Task<bool> WriteAsync(string mailbox, TableRow? row, SendingWindow window, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(window, SendingJson.Default.SendingWindow);
        RowChange change = row is { } there
            ? new RowChange.Replace(there.Key, there.ETag, body)
            : new RowChange.Insert(KeyOf(mailbox), body);
        return await store.CommitAsync(TableName.District, Partition, [change], cancellationToken) is CommitResult.Committed;
    }

    private PartitionKey Partition => PartitionKey.Of(district.Value, "sending");

    private static RowKey KeyOf(string mailbox) => RowKey.Of("S", mailbox);

    private static SendingWindow Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, SendingJson.Default.SendingWindow)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SendingWindow))]
internal sealed partial class SendingJson : JsonSerializerContext;
