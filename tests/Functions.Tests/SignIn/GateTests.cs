using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.SignIn;

/// <summary>Every function but the few public ones asks the gate first.</summary>
public sealed partial class GateTests : IAsyncLifetime
{
    /// <summary>They show no pupil and no feed.</summary>
    private static readonly HashSet<string> Public = ["Alive", "Health", "OpenApiDocument", "SetLanguage", "SiteMark", "SiteScript", "SiteStyle", "StartPage", "SignIn", "SignedOut", "TeamsTab"];

    /// <summary>They have their own ways of refusing: a state, and a form's token; or nothing to show.</summary>
    private static readonly Dictionary<string, HttpStatusCode> OfTheirOwn = new()
    {
        ["SignInCallback"] = HttpStatusCode.NotFound,
        ["SignOut"] = HttpStatusCode.BadRequest,
        ["NoSuchAddress"] = HttpStatusCode.NotFound,
    };

    private readonly TempFolder folder = new();
    private readonly Someone caller = new();
    private readonly IHost host;
    private HttpClient client = null!;

    public GateTests() => host = LocalHost.Build(
        new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false }.OnTestStore(),
        configure: services => services.AddSingleton<ICallerResolver>(caller));

    public async ValueTask InitializeAsync()
    {
        await host.StartAsync();
        client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.StopAsync();
        host.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task EveryFunction_NobodySignedIn_Answers401UnlessPublic()
    {
        foreach (var function in FunctionCatalogue.OfThisApp().Functions)
        {
            if (function.Trigger is not TriggerBinding.Http http) continue;
            foreach (var method in http.Methods)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), "/" + RouteValue().Replace(http.Route, m => m.Value.Contains("maxlength(0)", StringComparison.Ordinal) ? "" : "x"));
                using var answer = await client.SendAsync(request);
                if (Public.Contains(function.Name)) Assert.True(answer.IsSuccessStatusCode, $"{function.Name} is public and answers {(int)answer.StatusCode}.");
                else if (OfTheirOwn.TryGetValue(function.Name, out var status)) Assert.Equal(status, answer.StatusCode);
                else Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{function.Name} does not ask the gate: it answers {(int)answer.StatusCode} to nobody.");
            }
        }
    }

    [Theory]
    [InlineData("/api/feeds")]
    [InlineData("/api/feeds/202601-0123456789abcdef/refused")]
    public async Task Feeds_CounsellorAsks_Answers403InWords(string address)
    {
        caller.Is = new Caller(StaffId.Parse("c"), new HashSet<Role> { Role.Counsellor }, null);
        using var answer = await client.GetAsync(address);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("RoleMissing", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worklist_OtherSchoolAndNoSchool_AreOneAnswer()
    {
        caller.Is = new Caller(StaffId.Parse("c"), new HashSet<Role> { Role.Counsellor }, new HashSet<SchoolId> { SchoolId.Parse("mine") });
        using var others = await client.GetAsync("/api/referrals?school=theirs");
        using var unknown = await client.GetAsync("/api/referrals?school=mine");
        using var whole = await client.GetAsync("/api/referrals");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Forbidden), (others.StatusCode, unknown.StatusCode, whole.StatusCode));
        Assert.Equal(Without(await unknown.Content.ReadAsStringAsync()), Without(await others.Content.ReadAsStringAsync()));

        static string Without(string problem) => Regex.Replace(problem, "\"traceId\":\"[^\"]*\"", "");
    }

    [Theory]
    [InlineData("month=2026-13", "/api/feeds?month=2026-13")]
    [InlineData("a control character", "/api/referrals?school=%00")]
    public async Task Lists_AskedWrongly_Answer400(string what, string address)
    {
        caller.Is = new Caller(StaffId.Parse("l"), Enum.GetValues<Role>().ToHashSet(), null);
        using var answer = await client.GetAsync(address);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, what);
    }

    [Theory]
    [InlineData(true, "localhost", false, true)]
    [InlineData(true, "127.0.0.1", false, true)]
    [InlineData(true, "[::1]", false, true)]
    [InlineData(false, "localhost", false, false)]
    [InlineData(true, "evil.example", false, false)]
    [InlineData(true, "localhost", true, false)]
    public async Task LocalCallerResolver_OfTraces_KnowsThisMachineOnly(bool fromHere, string name, bool otherSite, bool isKnown)
    {
        var found = await new LocalCallerResolver(null!).ResolveAsync(new CallerTraces(fromHere, name, otherSite), CancellationToken.None);
        Assert.Equal(isKnown, !found.IsNobody);
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex RouteValue();

    private sealed class Someone : ICallerResolver
    {
        public Caller Is { get; set; } = Caller.Nobody;

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(Is);
    }
}
