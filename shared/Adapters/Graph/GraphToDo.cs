using System.Globalization;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Graph;

/// <summary>A task in a person's default To Do list, for the case taken on. Needs Tasks.ReadWrite.All.</summary>
internal sealed class GraphToDo(GraphServiceClient client, GraphCalls calls)
{
    private const string Calls = "todo";

    /// <summary>The id of the person's default list.</summary>
    public ValueTask<GraphReply<string>> ListOfAsync(string person, CancellationToken cancellationToken) => calls.RepeatAsync(
        Calls,
        async cut => (await client.Users[person].Todo.Lists.GetAsync(
            request =>
            {
                request.QueryParameters.Filter = "wellknownListName eq 'defaultList'";
                request.Options.Add(GraphClient.NoRetry);
            },
            cut))?.Value?.FirstOrDefault()?.Id,
        cancellationToken);

    public ValueTask<GraphReply<bool>> AddAsync(OutgoingNotification notification, string list, CancellationToken cancellationToken) => calls.OnceAsync(
        Calls,
        async cut =>
        {
            await client.Users[notification.Recipient].Todo.Lists[list].Tasks.PostAsync(
                TaskOf(notification), request => request.Options.Add(GraphClient.NoRetry), cut);
            return true;
        },
        cancellationToken);

    /// <summary>Whether a task with our key was made since a little before the send.</summary>
    public async ValueTask<FindResult> FindAsync(UncertainSend send, CancellationToken cancellationToken)
    {
        var from = (send.Since - TimeSpan.FromMinutes(5)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var reply = await calls.RepeatAsync(
            Calls,
            async cut => (await client.Users[send.Recipient].Todo.Lists[send.Handle].Tasks.GetAsync(
                request =>
                {
                    request.QueryParameters.Filter = $"createdDateTime ge {from}";
                    request.QueryParameters.Expand = ["linkedResources"];
                    request.Options.Add(GraphClient.NoRetry);
                },
                cut))?.Value,
            cancellationToken);
        if (reply is not { End: GraphEnd.Done, Value: { } tasks }) return FindResult.Unavailable;
        return tasks.Exists(t => t.LinkedResources?.Exists(r => r.ExternalId == send.Key) == true) ? FindResult.Sent : FindResult.NotFound;
    }

    private static TodoTask TaskOf(OutgoingNotification notification) => new()
    {
        Title = notification.Subject,
        LinkedResources =
        [
            new LinkedResource
            {
                ApplicationName = "SchoolSignal", DisplayName = notification.Subject, ExternalId = notification.Key, WebUrl = notification.Link.AbsoluteUri,
            },
        ],
    };
}
