using System.Net;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Testing.Tenants;

namespace SchoolSignal.Functions.Tests.SignIn;

/// <summary>Every role at every endpoint, over real Kestrel with tokens of a fake tenant. A new endpoint stands in
/// <see cref="Endpoints"/> before this passes.</summary>
public sealed partial class AccessMatrixTests : IAsyncLifetime
{
    /// <summary>Who is let in. Everybody, for what shows no pupil, no feed and no setting.</summary>
    /// <param name="Query">What the question needs to be answered, such as a school.</param>
    private sealed record Endpoint(string Query, params Role[] Roles)
    {
        public static readonly Endpoint Everybody = new("", Enum.GetValues<Role>());
    }

    /// <summary>Whoever hands in a form, or hands it in for somebody.</summary>
    private static readonly Endpoint Submitters = new("", Role.Teacher, Role.ObservationsSubmit);

    private static readonly Dictionary<string, Endpoint> Endpoints = new()
    {
        ["Health"] = Endpoint.Everybody,
        ["OpenApiDocument"] = Endpoint.Everybody,
        ["SetLanguage"] = Endpoint.Everybody,
        ["SiteScript"] = Endpoint.Everybody,
        ["SiteStyle"] = Endpoint.Everybody,
        ["StartPage"] = Endpoint.Everybody,
        ["SignIn"] = Endpoint.Everybody,
        ["SignInCallback"] = Endpoint.Everybody,
        ["SignOut"] = Endpoint.Everybody,
        ["SignedOut"] = Endpoint.Everybody,
        ["ChoosePupil"] = Submitters,
        ["TakePupil"] = Submitters,
        ["FindPupils"] = Submitters,
        ["ObservationForm"] = Submitters,
        ["TakeObservation"] = Submitters,
        ["ObservationSent"] = Submitters,
        ["SafeguardingQuestion"] = Submitters,
        ["AnswerSafeguardingQuestion"] = Submitters,
        ["StopPage"] = new("", Role.Teacher, Role.Counsellor, Role.SafeguardingLead, Role.ObservationsSubmit),
        ["SubmitObservation"] = Submitters,
        ["OwnForms"] = new("", Role.Teacher),
        ["OwnForm"] = new("", Role.Teacher),
        ["CorrectOwnForm"] = new("", Role.Teacher),
        ["WithdrawOwnForm"] = new("", Role.Teacher),
        ["AuditOfPupil"] = new("", Role.Administrator),
        ["AuditSearch"] = new("", Role.Administrator),
        ["Failures"] = new("", Role.DataManager, Role.Administrator),
        ["ReplayFailure"] = new("", Role.DataManager, Role.Administrator),
        ["GiveUpFailure"] = new("", Role.DataManager, Role.Administrator),
        ["Feeds"] = new("", Role.DataManager, Role.Administrator, Role.FeedsSend),
        ["FeedStatus"] = new("", Role.DataManager, Role.Administrator, Role.FeedsSend),
        ["RefusedRows"] = new("", Role.DataManager, Role.FeedsSend),
        ["ReceiveFeed"] = new("", Role.DataManager, Role.FeedsSend),
        ["Worklist"] = new("?school=mine", Role.Counsellor, Role.SafeguardingLead),
    };

    /// <summary>What a school-bound caller asks of another school, by function; and those whose ids are the whole district's, or no
    /// school's, with the reason.</summary>
    private static readonly Dictionary<string, string> OfOtherSchool = new()
    {
        ["Worklist"] = "/api/referrals?school=theirs",
    };

    private static readonly Dictionary<string, string> NoSchools = new()
    {
        ["FeedStatus"] = "a feed is the district's",
        ["RefusedRows"] = "a feed is the district's",
        ["ReplayFailure"] = "work that failed is the district's",
        ["GiveUpFailure"] = "work that failed is the district's",
        ["OwnForm"] = "one's own form, by its id",
        ["CorrectOwnForm"] = "one's own form, by its id",
        ["WithdrawOwnForm"] = "one's own form, by its id",
        ["SetLanguage"] = "a language",
        ["AuditOfPupil"] = "the administrator's, for the whole district",
        ["AuditSearch"] = "the administrator's, for the whole district",
    };

    private TenantApp app = null!;
    private readonly Dictionary<Role, string> tokens = [];

    public async ValueTask InitializeAsync()
    {
        app = await TenantApp.StartAsync();
        foreach (var role in Enum.GetValues<Role>())
            tokens[role] = Roles.OfPeople.Contains(role)
                ? app.Tenant.AccessToken(await app.HireAsync(role.ToString(), role))
                : app.Tenant.AppToken([Roles.NameOf(role)]);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static IEnumerable<(FunctionBinding Function, TriggerBinding.Http Http)> HttpFunctions() =>
        from function in FunctionCatalogue.OfThisApp().Functions
        let http = function.Trigger as TriggerBinding.Http
        where http is not null
        select (function, http);

    private static string AddressOf(TriggerBinding.Http http) => "/" + RouteValue().Replace(http.Route, value =>
        value.Value.Contains("maxlength(0)", StringComparison.Ordinal) ? "" : value.Value.Contains("guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : "x");

    [Fact]
    public async Task EveryRole_AtEveryEndpoint_GetsWhatTheTableSays()
    {
        Assert.Equal(HttpFunctions().Select(f => f.Function.Name).Order(), Endpoints.Keys.Order());
        var wrong = new List<string>();
        void Check(bool isRight, string what)
        {
            if (!isRight) wrong.Add(what);
        }

        foreach (var (function, http) in HttpFunctions())
            foreach (var method in http.Methods)
            {
                var (endpoint, isOpen) = (Endpoints[function.Name], ReferenceEquals(Endpoints[function.Name], Endpoint.Everybody));
                var address = AddressOf(http) + endpoint.Query;
                using var nobody = await app.AskAsync(null, new HttpMethod(method), address);
                Check((nobody.StatusCode != HttpStatusCode.Unauthorized) == isOpen, $"{method} {function.Name} to nobody: {(int)nobody.StatusCode}");
                foreach (var (role, token) in tokens)
                {
                    using var answer = await app.AskAsync(token, new HttpMethod(method), address);
                    var isLetIn = answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
                    Check(isLetIn == (isOpen || endpoint.Roles.Contains(role)), $"{method} {function.Name} to {role}: {(int)answer.StatusCode}");
                    Check((int)answer.StatusCode < 500, $"{method} {function.Name} to {role}: {(int)answer.StatusCode}");
                }
            }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task EveryEndpoint_WithAnotherSchoolsId_Answers404()
    {
        var askedWithIds = HttpFunctions()
            .Where(f => (f.Http.Route.Contains('{', StringComparison.Ordinal) && !f.Http.Route.Contains("maxlength(0)", StringComparison.Ordinal))
                || f.Function.Method.GetCustomAttributes(typeof(QueryParameterAttribute), false).Cast<QueryParameterAttribute>().Any(q => q.Name == "school")
                || f.Http.Route.Contains("audit", StringComparison.Ordinal))
            .Select(f => f.Function.Name);
        Assert.Equal(askedWithIds.Order(), OfOtherSchool.Keys.Concat(NoSchools.Keys).Order());
        foreach (var (name, address) in OfOtherSchool)
        {
            var (_, http) = HttpFunctions().Single(f => f.Function.Name == name);
            foreach (var role in Endpoints[name].Roles.Where(role => !Roles.IsDistrictWide(role)))
            {
                using var answer = await app.AskAsync(tokens[role], new HttpMethod(http.Methods[0]), address);
                Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{name} of another school to {role}: {(int)answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task StaffList_OverTheApi_IsTheAdministratorsToSend()
    {
        foreach (var (role, token) in tokens)
        {
            using var answer = await app.AskAsync(token, HttpMethod.Post, "/api/feeds?content=staff");
            Assert.Equal(role == Role.Administrator ? HttpStatusCode.BadRequest : HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex RouteValue();
}
