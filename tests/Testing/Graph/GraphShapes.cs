using System.Text.Json;
using System.Text.RegularExpressions;

namespace SchoolSignal.Testing.Graph;

/// <summary>The shapes Graph v1.0 documents for the calls the app makes: path, query, headers and body (Microsoft Graph reference:
/// "Create message", "message: send", "List messages" with a filter on singleValueExtendedProperties, "JSON batching",
/// "userTeamwork: sendActivityNotification", "List lists", "Create todoTask", "List todoTasks").</summary>
internal static partial class GraphShapes
{
    public static GraphCall? Read(FakeRequest request)
    {
        var path = request.Path;
        var body = Parse(request.Body);
        return request.Method switch
        {
            "POST" when MessagesPath().IsMatch(path) => new GraphCall(GraphCallKind.Draft, "", body),
            "POST" when SendPath().Match(path) is { Success: true } send => new GraphCall(GraphCallKind.Send, send.Groups[1].Value, body),
            "GET" when MessagesPath().IsMatch(path) && KeyFilter().Match(Uri.UnescapeDataString(request.Query.Replace('+', ' '))) is { Success: true } key =>
                new GraphCall(GraphCallKind.Find, key.Groups[1].Value, null),
            "POST" when path == "/v1.0/$batch" => new GraphCall(GraphCallKind.Batch, "", body),
            "POST" when TeamsPath().Match(path) is { Success: true } teams => new GraphCall(GraphCallKind.Teams, teams.Groups[1].Value, body),
            "GET" when ListsPath().Match(path) is { Success: true } lists => new GraphCall(GraphCallKind.ToDoLists, lists.Groups[1].Value, null),
            "POST" when TasksPath().Match(path) is { Success: true } tasks => new GraphCall(GraphCallKind.ToDoTask, tasks.Groups[1].Value, body),
            "GET" when TasksPath().Match(path) is { Success: true } tasks => new GraphCall(GraphCallKind.ToDoFind, tasks.Groups[1].Value, null),
            "GET" when FakeEducation.Paths().IsMatch(path) => new GraphCall(GraphCallKind.Roster, path + request.Query, null),
            _ => null,
        };
    }

    /// <summary>What is out of shape, or null.</summary>
    public static string? FaultOf(FakeRequest request, GraphCall call) => Prefers(request) ?? call.Kind switch
    {
        GraphCallKind.Draft => Only(call.Body, "subject", "body", "toRecipients", "importance", "singleValueExtendedProperties") ?? DraftFault(call.Body!.RootElement),
        GraphCallKind.Send => request.Body.Length == 0 ? null : "a body with send",
        GraphCallKind.Batch => BatchFault(call.Body!.RootElement),
        GraphCallKind.Teams => Only(call.Body, "topic", "activityType", "chainId", "previewText", "templateParameters", "teamsAppId") ?? TeamsFault(call.Body!.RootElement),
        GraphCallKind.Roster => FakeEducation.FaultOf(request.Path, request.Query),
        GraphCallKind.ToDoTask => Only(call.Body, "title", "linkedResources"),
        _ => null,
    };

    private static string? Prefers(FakeRequest request) => request.Prefer.Contains("IdType=\"ImmutableId\"", StringComparison.Ordinal) ? null : "no immutable ids asked for";

    private static string? Only(JsonDocument? body, params string[] names)
    {
        if (body is null || body.RootElement.ValueKind != JsonValueKind.Object) return "no JSON object";
        var odd = body.RootElement.EnumerateObject().Select(p => p.Name).Except([.. names, "@odata.type"]).FirstOrDefault();
        return odd is null ? null : $"a property {odd}";
    }

    private static string? DraftFault(JsonElement body)
    {
        if (body.GetProperty("body").GetProperty("contentType").GetString() is not ("html" or "text")) return "contentType";
        if (body.GetProperty("toRecipients").GetArrayLength() != 1) return "one recipient";
        if (body.GetProperty("importance").GetString() is not ("normal" or "high" or "low")) return "importance";
        var property = body.GetProperty("singleValueExtendedProperties")[0];
        return PropertyId().IsMatch(property.GetProperty("id").GetString()!) && property.GetProperty("value").GetString() is { Length: 32 } ? null : "extended property";
    }

    private static string? BatchFault(JsonElement body) =>
        body.GetProperty("requests").GetArrayLength() is < 1 or > 20 ? "1 to 20 requests in a batch"
        : body.GetProperty("requests").EnumerateArray().Any(r => !r.GetProperty("url").GetString()!.StartsWith('/')) ? "a relative url in a batch begins with /"
        : null;

    private static string? TeamsFault(JsonElement body)
    {
        var topic = body.GetProperty("topic");
        if (topic.GetProperty("source").GetString() != "text") return "topic source";
        // A topic of free text asks for a link into Teams.
        if (!topic.GetProperty("webUrl").GetString()!.StartsWith("https://teams.microsoft.com/l/", StringComparison.Ordinal)) return "webUrl";
        if (body.GetProperty("chainId").ValueKind != JsonValueKind.Number || body.GetProperty("chainId").GetInt64() <= 0) return "chainId";
        return body.GetProperty("previewText").GetProperty("content").GetString() is { Length: > 0 and <= 150 } ? null : "previewText";
    }

    private static JsonDocument? Parse(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^/v1.0/users/[^/]+/messages$")]
    private static partial Regex MessagesPath();

    [GeneratedRegex("^/v1.0/users/[^/]+/messages/([^/]+)/send$")]
    private static partial Regex SendPath();

    [GeneratedRegex(@"\$filter=singleValueExtendedProperties/Any\(ep: ep/id eq 'String \{[0-9A-Fa-f-]{36}\} Name \w+' and ep/value eq '([0-9a-f]{32})'\)")]
    private static partial Regex KeyFilter();

    [GeneratedRegex("^/v1.0/users/([^/]+)/teamwork/sendActivityNotification$")]
    private static partial Regex TeamsPath();

    [GeneratedRegex("^/v1.0/users/([^/]+)/todo/lists$")]
    private static partial Regex ListsPath();

    [GeneratedRegex("^/v1.0/users/([^/]+)/todo/lists/[^/]+/tasks$")]
    private static partial Regex TasksPath();

    [GeneratedRegex(@"^String \{[0-9A-Fa-f-]{36}\} Name \w+$")]
    private static partial Regex PropertyId();
}
