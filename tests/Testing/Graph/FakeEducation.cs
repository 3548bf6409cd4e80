using System.Text.Json;
using System.Text.RegularExpressions;

namespace SchoolSignal.Testing.Graph;

/// <summary>Somebody of the education API.</summary>
public sealed record FakeUser(string Id, string Role, string ExternalId, string GivenName, string Surname)
{
    public string Grade { get; init; } = "";

    public bool IsEnabled { get; init; } = true;

    public HashSet<string> Schools { get; init; } = [];
}

/// <summary>A class of the education API.</summary>
public sealed record FakeClass(string Id, string School, string ExternalId, string Title)
{
    public HashSet<string> Members { get; init; } = [];

    public HashSet<string> Teachers { get; init; } = [];
}

/// <summary>The education part of a fake Graph, in the shapes Graph v1.0 documents ("List schools", "List users of a school", "List classes of a
/// school", "educationClass: delta", "List members", "List teachers"): paged, and the changed classes by a token.</summary>
public sealed partial class FakeEducation(Func<string> service)
{
    /// <summary>Items of a page.</summary>
    public int PageSize { get; set; } = 3;

    public Dictionary<string, (string ExternalId, string Name)> Schools { get; } = [];

    public Dictionary<string, FakeUser> Users { get; } = [];

    public Dictionary<string, FakeClass> Classes { get; } = [];

    /// <summary>Classes in the order they were made or changed; a delta token is a place in it.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Tokens of this place and below are no longer known: 410.</summary>
    public int ForgottenUpTo { get; set; } = -1;

    /// <summary>Paths asked for, in order, without their queries.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What is out of shape, or null.</summary>
    internal static string? FaultOf(string path, string query) =>
        Paths().IsMatch(path) ? OptionsOf(query).Keys.Except(["$top", "$skiptoken", "$deltatoken"]).FirstOrDefault() is { } odd ? $"a query option {odd}" : null : "no such path";

    internal FakeAnswer Answer(string path, string query)
    {
        var options = OptionsOf(query);
        // A function may be called with its parentheses, as the SDK does, or without.
        var asked = path["/v1.0/education/".Length..].Replace("()", "", StringComparison.Ordinal);
        var parts = asked.Split('/');
        lock (Asked) Asked.Add(asked);
        return parts switch
        {
            ["schools"] => Page(path, options, [.. Schools.Select(s => Json(new { id = s.Key, displayName = s.Value.Name, externalId = s.Value.ExternalId, schoolNumber = "no " + s.Key }))]),
            ["schools", var school, "users"] => Page(path, options, [.. Users.Values.Where(u => u.Schools.Contains(school)).Select(Json)]),
            ["schools", var school, "classes"] => Page(path, options, [.. Classes.Values.Where(c => c.School == school).Select(Json)]),
            ["classes", "delta"] => Delta(path, options),
            // Teachers of a class are its members, too.
            ["classes", var of, "members"] => Page(path, options, [.. Classes[of].Members.Union(Classes[of].Teachers).Select(id => Json(Users[id]))]),
            ["classes", var of, "teachers"] => Page(path, options, [.. Classes[of].Teachers.Select(id => Json(Users[id]))]),
            _ => FakeAnswer.Error(404, "Request_ResourceNotFound"),
        };
    }

    private FakeAnswer Delta(string path, Dictionary<string, string> options)
    {
        var from = options.TryGetValue("$deltatoken", out var token) ? int.Parse(token, System.Globalization.CultureInfo.InvariantCulture) : 0;
        if (options.ContainsKey("$deltatoken") && from <= ForgottenUpTo) return FakeAnswer.Error(410, "syncStateNotFound");
        return Page(
            path, options, [.. Changes.Skip(from).Distinct().Where(Classes.ContainsKey).Select(id => Json(Classes[id]))],
            $"\"@odata.deltaLink\":\"{service()}{path["/v1.0".Length..]}?$deltatoken={Changes.Count}\"", from);
    }

    /// <param name="last">What the last page holds beside its values.</param>
    private FakeAnswer Page(string path, Dictionary<string, string> options, List<string> all, string? last = null, int from = 0)
    {
        var size = options.TryGetValue("$top", out var top) ? Math.Min(PageSize, int.Parse(top, System.Globalization.CultureInfo.InvariantCulture)) : PageSize;
        var skip = options.TryGetValue("$skiptoken", out var token) ? int.Parse(token, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var isLast = skip + size >= all.Count;
        var more = isLast
            ? last
            : $"\"@odata.nextLink\":\"{service()}{path["/v1.0".Length..]}?$skiptoken={skip + size}{(from > 0 ? $"&$deltatoken={from}" : "")}\"";
        return new FakeAnswer(200, $"{{{(more is null ? "" : more + ",")}\"value\":[{string.Join(',', all.Skip(skip).Take(size))}]}}");
    }

    private static string Json(FakeUser user) => Json(new
    {
        id = user.Id,
        displayName = $"{user.GivenName} {user.Surname}",
        givenName = user.GivenName,
        surname = user.Surname,
        userPrincipalName = $"{user.Id}@district.example",
        accountEnabled = user.IsEnabled,
        primaryRole = user.Role,
        student = user.Role == "student" ? new { externalId = user.ExternalId, studentNumber = "no " + user.ExternalId, grade = user.Grade } : null,
        teacher = user.Role == "teacher" ? new { externalId = user.ExternalId } : null,
    });

    private static string Json(FakeClass of) => Json(new { id = of.Id, displayName = of.Title, externalId = of.ExternalId, mailNickname = of.Id });

    private static string Json(object value) => JsonSerializer.Serialize(value);

    private static Dictionary<string, string> OptionsOf(string query) => query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => Uri.UnescapeDataString(pair).Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    [GeneratedRegex(@"^/v1.0/education/(schools|schools/[^/]+/(users|classes)|classes/delta(\(\))?|classes/[^/]+/(members|teachers))$")]
    internal static partial Regex Paths();
}
