using Azure.Core;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Graph;

/// <summary>Notifications through Microsoft 365.</summary>
public sealed class GraphNotificationSender : INotificationSender, IDisposable
{
    /// <summary>How long to wait where the service does not say: not reached, or turned away without a time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GraphOptions options;
    private readonly TimeProvider time;
    private readonly GraphCalls calls;
    private readonly GraphMail mail;
    private readonly GraphTeams teams;
    private readonly GraphToDo toDo;

    /// <param name="transport">The last handler of a request; null is the platform's.</param>
    public GraphNotificationSender(GraphOptions options, TokenCredential credential, TimeProvider time, HttpMessageHandler? transport = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.time = time;
        calls = new GraphCalls(options, time);
        var client = GraphClient.Create(options, credential, transport);
        mail = new GraphMail(client, calls, options, time);
        teams = new GraphTeams(client, calls, options);
        toDo = new GraphToDo(client, calls);
        var channels = new HashSet<NotificationChannel> { NotificationChannel.Mail };
        if (options.TeamsAppId.Length > 0) channels.Add(NotificationChannel.Teams);
        if (options.ToDoTasks) channels.Add(NotificationChannel.ToDo);
        Channels = channels;
    }

    public string Mailbox => options.Mailbox;

    public IReadOnlySet<NotificationChannel> Channels { get; }

    public async ValueTask<PrepareResult> PrepareAsync(OutgoingNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (options.OnlyTo is { } few && !few.Contains(notification.Recipient, StringComparer.OrdinalIgnoreCase))
            return new PrepareResult.Refused("NotOnTheAllowList");
        if (!Channels.Contains(notification.Channel)) return new PrepareResult.Refused("ChannelNotSetUp");
        return notification.Channel switch
        {
            NotificationChannel.Mail => Prepared(await mail.DraftAsync(notification, cancellationToken)),
            NotificationChannel.Teams => new PrepareResult.Prepared(""),
            NotificationChannel.ToDo => Prepared(await toDo.ListOfAsync(notification.Recipient, cancellationToken)),
            _ => throw new ArgumentOutOfRangeException(nameof(notification)),
        };
    }

    public async ValueTask<SendResult> SendAsync(OutgoingNotification notification, string handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (notification.Channel == NotificationChannel.Mail)
        {
            var sent = await mail.SendAsync(handle, cancellationToken);
            return Sent(sent, sent.End == GraphEnd.Done ? sent.Value : null);
        }
        return Sent(
            notification.Channel == NotificationChannel.Teams
                ? await teams.SendAsync(notification, cancellationToken)
                : await toDo.AddAsync(notification, handle, cancellationToken),
            null);
    }

    public async ValueTask<FindReply> FindAsync(IReadOnlyList<UncertainSend> sends, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sends);
        var (mails, rest) = await mail.FindAsync([.. sends.Where(s => s.Channel == NotificationChannel.Mail).Select(s => s.Key)], cancellationToken);
        var results = new List<FindResult>(sends.Count);
        foreach (var send in sends)
            results.Add(send.Channel switch
            {
                NotificationChannel.Mail => mails[send.Key],
                NotificationChannel.ToDo => await toDo.FindAsync(send, cancellationToken),
                _ => FindResult.CannotTell,
            });
        return new FindReply(results, rest);
    }

    public void Dispose() => calls.Dispose();

    private PrepareResult Prepared(GraphReply<string> reply) => reply switch
    {
        { End: GraphEnd.Done, Value: { Length: > 0 } handle } => new PrepareResult.Prepared(handle),
        { End: GraphEnd.Done } => new PrepareResult.Refused("NoIdInTheAnswer"),
        { End: GraphEnd.Refused } => new PrepareResult.Refused(reply.Code),
        _ => new PrepareResult.Busy(NextCall(reply.NotBefore)),
    };

    private SendResult Sent<T>(GraphReply<T> reply, DateTimeOffset? rest) => reply.End switch
    {
        GraphEnd.Done => new SendResult.Sent(rest),
        GraphEnd.Fault => new SendResult.Unknown(),
        GraphEnd.Refused => new SendResult.Refused(reply.Code),
        _ => new SendResult.Busy(NextCall(reply.NotBefore)),
    };

    private DateTimeOffset NextCall(DateTimeOffset? asked) => asked ?? time.GetUtcNow() + Patience;
}
