using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.Teamwork.SendActivityNotification;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Graph;

/// <summary>A notice in a person's activity feed of Teams (sendActivityNotification). A later notice of the same matter takes the
/// earlier one's place, so that a repetition shows once. Needs TeamsActivity.Send.User, granted by the app's installation.</summary>
internal sealed class GraphTeams(GraphServiceClient client, GraphCalls calls, GraphOptions options)
{
    /// <summary>Declared in the Teams app's manifest (infra/teams), each with the one parameter "text". Two, so that somebody who silences the
    /// routine ones in Teams still hears of a concern.</summary>
    public const string Routine = "attentionNeeded";

    public const string Urgent = "urgentConcern";

    /// <summary>Graph's limit of a preview, in characters.</summary>
    private const int MostPreview = 150;

    public ValueTask<GraphReply<bool>> SendAsync(OutgoingNotification notification, CancellationToken cancellationToken) =>
        calls.OnceAsync(
            "teams",
            async cut =>
            {
                await client.Users[notification.Recipient].Teamwork.SendActivityNotification.PostAsync(
                    BodyOf(notification), request => request.Options.Add(GraphClient.NoRetry), cut);
                return true;
            },
            cancellationToken);

    private SendActivityNotificationPostRequestBody BodyOf(OutgoingNotification notification) => new()
    {
        Topic = new TeamworkActivityTopic { Source = TeamworkActivityTopicSource.Text, Value = notification.Subject, WebUrl = DeepLink(notification.Link) },
        ActivityType = notification.IsUrgent ? Urgent : Routine,
        ChainId = ChainOf(notification.Thread),
        PreviewText = new ItemBody { Content = notification.Subject.Length <= MostPreview ? notification.Subject : notification.Subject[..MostPreview] },
        TemplateParameters = [new Microsoft.Graph.Models.KeyValuePair { Name = "text", Value = notification.Subject }],
        TeamsAppId = options.TeamsAppId,
    };

    /// <summary>A topic of free text must link into Teams: the app's tab, which opens the page that is named as its sub-page.</summary>
    private string DeepLink(Uri link)
    {
        var context = JsonSerializer.Serialize(new Dictionary<string, string> { ["subPageId"] = link.AbsolutePath.TrimStart('/') });
        return $"https://teams.microsoft.com/l/entity/{options.TeamsAppId}/home?webUrl={Uri.EscapeDataString(link.AbsoluteUri)}&context={Uri.EscapeDataString(context)}";
    }

    /// <summary>A positive 63-bit number, the same for the same matter.</summary>
    internal static long ChainOf(string thread) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(thread))) & long.MaxValue;
}
