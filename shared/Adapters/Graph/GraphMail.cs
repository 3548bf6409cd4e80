using Microsoft.Graph;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware.Options;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Graph;

/// <summary>Mail from the shared mailbox: a draft that carries our key, then the send of that draft. A send whose end is not known is
/// looked up by the key, among drafts and sent items alike. Needs Mail.ReadWrite and Mail.Send on that one mailbox.</summary>
internal sealed class GraphMail(GraphServiceClient client, GraphCalls calls, GraphOptions options, TimeProvider time)
{
    /// <summary>The named property, in the public-strings namespace, that our key stands in.</summary>
    public const string KeyProperty = "String {00020329-0000-0000-C000-000000000046} Name SchoolSignalKey";

    /// <summary>The most requests of a batch (Graph's limit).</summary>
    public const int MostInBatch = 20;

    public async ValueTask<GraphReply<string>> DraftAsync(OutgoingNotification notification, CancellationToken cancellationToken) =>
        await calls.RepeatAsync(
            options.Mailbox,
            async cut => (await Messages.PostAsync(DraftOf(notification), Configure, cut))?.Id,
            cancellationToken);

    public async ValueTask<GraphReply<DateTimeOffset?>> SendAsync(string draft, CancellationToken cancellationToken)
    {
        var headers = new HeadersInspectionHandlerOption { InspectResponseHeaders = true };
        var reply = await calls.OnceAsync(
            options.Mailbox,
            async cut =>
            {
                await Messages[draft].Send.PostAsync(
                    request =>
                    {
                        Configure(request);
                        request.Options.Add(headers);
                    },
                    cut);
                return true;
            },
            cancellationToken);
        // 202 with Retry-After has been taken on: the mailbox rests, the mail is not repeated.
        var rest = reply.End == GraphEnd.Done
            ? GraphReplies.RetryAfter(headers.ResponseHeaders.ToDictionary(h => h.Key, h => h.Value), time)
            : reply.NotBefore;
        return new(reply.End, rest, reply.NotBefore, reply.Code);
    }

    /// <summary>Looks keys up, twenty to a batch. The whole batch may be answered and some of it turned away: what was not answered comes back
    /// as unavailable, with the time the service asked for.</summary>
    public async ValueTask<(IReadOnlyDictionary<string, FindResult> Found, DateTimeOffset? NotBefore)> FindAsync(
        IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FindResult>(keys.Count);
        DateTimeOffset? rest = null;
        foreach (var batch in keys.Distinct().Chunk(MostInBatch))
        {
            // Once turned away, the rest of the keys wait as well.
            if (rest is null) rest = await AskAsync(batch, found, cancellationToken);
            foreach (var key in batch) found.TryAdd(key, FindResult.Unavailable);
        }
        return (found, rest);
    }

    /// <returns>When the service wants the next call, where it said so.</returns>
    private async Task<DateTimeOffset?> AskAsync(string[] keys, Dictionary<string, FindResult> found, CancellationToken cancellationToken)
    {
        var content = new BatchRequestContentCollection(client);
        var keyOf = new Dictionary<string, string>(keys.Length);
        foreach (var key in keys) keyOf[await content.AddBatchRequestStepAsync(LookUp(key))] = key;
        var reply = await calls.RepeatAsync(
            options.Mailbox, async cut => (BatchResponseContentCollection?)await client.Batch.PostAsync(content, cut), cancellationToken);
        if (reply is not { End: GraphEnd.Done, Value: { } answers }) return reply.NotBefore;

        DateTimeOffset? rest = null;
        foreach (var (id, key) in keyOf)
        {
            using var answer = await answers.GetResponseByIdAsync(id);
            if (answer is null) continue;
            if (answer.IsSuccessStatusCode)
            {
                found[key] = StateOf((await answers.GetResponseByIdAsync<MessageCollectionResponse>(id))?.Value ?? []);
                continue;
            }
            var asked = answer.Headers.RetryAfter switch
            {
                { Date: { } date } => date,
                { Delta: { } delta } => time.GetUtcNow() + delta,
                _ => (DateTimeOffset?)null,
            };
            if (asked > (rest ?? default)) rest = asked;
        }
        return rest;
    }

    private static FindResult StateOf(List<Message> messages) =>
        messages.Exists(m => m.IsDraft == false) ? FindResult.Sent : messages.Count > 0 ? FindResult.NotSent : FindResult.NotFound;

    private RequestInformation LookUp(string key) => Messages.ToGetRequestInformation(request =>
    {
        // Said inside the batch again: the batch's own headers are not its requests'.
        request.Headers.Add("Prefer", GraphClient.ImmutableIds);
        // The key is hex digits of our own making: nothing to escape.
        request.QueryParameters.Filter = $"singleValueExtendedProperties/Any(ep: ep/id eq '{KeyProperty}' and ep/value eq '{key}')";
        request.QueryParameters.Select = ["id", "isDraft"];
    });

    private Microsoft.Graph.Users.Item.Messages.MessagesRequestBuilder Messages => client.Users[options.Mailbox].Messages;

    private static void Configure<TQuery>(RequestConfiguration<TQuery> request) where TQuery : class, new() => request.Options.Add(GraphClient.NoRetry);

    private static Message DraftOf(OutgoingNotification notification) => new()
    {
        Subject = notification.Subject,
        Body = new ItemBody { ContentType = BodyType.Html, Content = notification.Html },
        ToRecipients = [new Recipient { EmailAddress = new EmailAddress { Address = notification.Recipient } }],
        Importance = notification.IsUrgent ? Importance.High : Importance.Normal,
        SingleValueExtendedProperties = [new SingleValueLegacyExtendedProperty { Id = KeyProperty, Value = notification.Key }],
    };
}
