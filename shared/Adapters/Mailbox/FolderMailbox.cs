using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Mailbox;

/// <summary>A notification as it lies in the local mailbox.</summary>
public sealed record MailboxItem(
    string Key, NotificationChannel Channel, string Recipient, string Subject, string Text, Uri Link, bool IsUrgent, DateTimeOffset At);

/// <summary>Notifications on one machine: a folder in place of Microsoft 365, so that one can see what would go out. A draft is a file
/// under <c>drafts</c>; sent, it lies under <c>sent</c>.</summary>
public sealed class FolderMailbox : INotificationSender
{
    private readonly string drafts;
    private readonly string sent;
    private readonly TimeProvider time;

    /// <param name="hasRate">False lets everything through at once; true as Microsoft 365 would.</param>
    public FolderMailbox(string folder, TimeProvider time, bool hasRate = true)
    {
        this.time = time;
        HasRate = hasRate;
        drafts = Path.Combine(folder, "drafts");
        sent = Path.Combine(folder, "sent");
        OwnerOnly.CreateFolder(folder);
        OwnerOnly.CreateFolder(drafts);
        OwnerOnly.CreateFolder(sent);
    }

    public string Mailbox => "mailbox";

    public bool HasRate { get; }

    public IReadOnlySet<NotificationChannel> Channels { get; } = new HashSet<NotificationChannel> { NotificationChannel.Mail };

    public async ValueTask<PrepareResult> PrepareAsync(OutgoingNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var handle = $"{notification.Key}-{Guid.NewGuid():N}.json";
        var item = new MailboxItem(
            notification.Key, notification.Channel, notification.Recipient, notification.Subject, notification.Text, notification.Link,
            notification.IsUrgent, time.GetUtcNow());
        await File.WriteAllBytesAsync(
            Path.Combine(drafts, handle), JsonSerializer.SerializeToUtf8Bytes(item, MailboxJson.Default.MailboxItem), cancellationToken);
        Durable.SyncFile(Path.Combine(drafts, handle));
        return new PrepareResult.Prepared(handle);
    }

    public ValueTask<SendResult> SendAsync(OutgoingNotification notification, string handle, CancellationToken cancellationToken)
    {
        var (from, to) = (Path.Combine(drafts, handle), Path.Combine(sent, handle));
        try
        {
            File.Move(from, to);
            Durable.SyncFolders(sent, sent);
            return ValueTask.FromResult<SendResult>(new SendResult.Sent());
        }
        catch (FileNotFoundException)
        {
            return ValueTask.FromResult<SendResult>(File.Exists(to) ? new SendResult.Sent() : new SendResult.Refused("NoSuchDraft"));
        }
    }

    public ValueTask<FindReply> FindAsync(IReadOnlyList<UncertainSend> sends, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sends);
        return ValueTask.FromResult(new FindReply([.. sends.Select(send =>
            Directory.EnumerateFiles(sent, $"{send.Key}-*.json").Any() ? FindResult.Sent
            : Directory.EnumerateFiles(drafts, $"{send.Key}-*.json").Any() ? FindResult.NotSent
            : FindResult.NotFound)], null));
    }

    /// <summary>What was sent, newest first.</summary>
    /// <param name="most">No more than these.</param>
    public IReadOnlyList<MailboxItem> Sent(int most = int.MaxValue) =>
    [
        .. Directory.EnumerateFiles(sent)
            .Select(file => JsonSerializer.Deserialize(File.ReadAllBytes(file), MailboxJson.Default.MailboxItem)!)
            .OrderByDescending(item => item.At)
            .Take(most),
    ];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MailboxItem))]
internal sealed partial class MailboxJson : JsonSerializerContext;
