using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
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
        ["Alive"] = Endpoint.Everybody,
        ["Health"] = Endpoint.Everybody,
        ["NoSuchAddress"] = Endpoint.Everybody,
        ["OpenApiDocument"] = Endpoint.Everybody,
        ["SetLanguage"] = Endpoint.Everybody,
        ["SiteMark"] = Endpoint.Everybody,
        ["SiteScript"] = Endpoint.Everybody,
        ["SiteStyle"] = Endpoint.Everybody,
        ["StartPage"] = Endpoint.Everybody,
        ["TeamsTab"] = Endpoint.Everybody,
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
        ["WorklistPage"] = new("", Role.Counsellor, Role.SafeguardingLead),
        ["AcknowledgeReferrals"] = new("", Role.Counsellor),
        ["CasePage"] = new("", Role.Counsellor, Role.SafeguardingLead),
        ["TakeCaseStep"] = new("", Role.Counsellor),
        ["ConcernPage"] = new("", Role.SafeguardingLead, Role.Administrator),
        ["AcknowledgeConcern"] = new("", Role.SafeguardingLead, Role.Administrator),
        ["AuditOfPupil"] = new("", Role.Administrator),
        ["AuditSearch"] = new("", Role.Administrator),
        ["SubjectAccessPage"] = new("", Role.Administrator),
        ["FindSubject"] = new("", Role.Administrator),
        ["SubjectRecordPage"] = new("", Role.Administrator),
        ["SubjectRecordFile"] = new("", Role.Administrator),
        ["DistrictOverviewPage"] = new("", Role.Administrator),
        ["CalendarPage"] = new("", Role.Administrator),
        ["ImportCalendarPage"] = new("", Role.Administrator),
        ["SettingsPage"] = new("", Role.Administrator),
        ["SaveSettingsPage"] = new("", Role.Administrator),
        ["SafeguardingPage"] = new("", Role.Administrator),
        ["SaveSafeguardingPage"] = new("", Role.Administrator),
        ["StaffPage"] = new("", Role.Administrator),
        ["StaffMemberPage"] = new("", Role.Administrator),
        ["SaveStaffMemberPage"] = new("", Role.Administrator),
        ["CaseloadPage"] = new("", Role.Administrator),
        ["ChangeCaseload"] = new("", Role.Administrator),
        ["RulesPage"] = new("", Role.Administrator),
        ["ProposeRulesPage"] = new("", Role.Administrator),
        ["SaveProposalPage"] = new("", Role.Administrator),
        ["ProposalPage"] = new("", Role.Administrator),
        ["DecideProposalPage"] = new("", Role.Administrator),
        ["ReportsPage"] = new("", Role.Administrator, Role.ReportsRead),
        ["ReportPage"] = new("", Role.Administrator, Role.ReportsRead),
        ["ReportSettingsPage"] = new("", Role.Administrator),
        ["SaveReportSettingsPage"] = new("", Role.Administrator),
        ["DecideReportPage"] = new("", Role.Administrator),
        ["ReportFile"] = new("", Role.Administrator, Role.ReportsRead),
        ["Reports"] = new("", Role.Administrator, Role.ReportsRead),
        ["ReportNumbers"] = new("", Role.Administrator, Role.ReportsRead),
        ["FeedsPage"] = new("", Role.DataManager, Role.Administrator, Role.FeedsSend),
        ["FeedPage"] = new("", Role.DataManager, Role.Administrator, Role.FeedsSend),
        ["ReplayFailurePage"] = new("", Role.DataManager, Role.Administrator),
        ["Failures"] = new("", Role.DataManager, Role.Administrator),
        ["ReplayFailure"] = new("", Role.DataManager, Role.Administrator),
        ["GiveUpFailure"] = new("", Role.DataManager, Role.Administrator),
        ["Feeds"] = new("", Role.DataManager, Role.Administrator, Role.FeedsSend),
        ["FeedStatus"] = new("", Role.DataManager, Role.Administrator, Role.FeedsSend),
        ["RefusedRows"] = new("", Role.DataManager, Role.FeedsSend),
        ["ReceiveFeed"] = new("", Role.DataManager, Role.FeedsSend),
        ["Worklist"] = new("?school=mine", Role.Counsellor, Role.SafeguardingLead),
    };

    /// <summary>What somebody asks of a school that is not theirs, by function; {0} is a referral there.</summary>
    private static readonly Dictionary<string, CompositeFormat> OfOtherSchool = new()
    {
        ["Worklist"] = CompositeFormat.Parse("/api/referrals?school=theirs"),
        ["CasePage"] = CompositeFormat.Parse("/cases/{0}"),
        ["TakeCaseStep"] = CompositeFormat.Parse("/cases/{0}/acknowledge"),
    };

    /// <summary>Endpoints with an id that is no school's, and why.</summary>
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
        ["FeedPage"] = "a feed is the district's",
        ["StaffMemberPage"] = "the administrator's, for the whole district",
        ["SaveStaffMemberPage"] = "the administrator's, for the whole district",
        ["CaseloadPage"] = "the administrator's, for the whole district",
        ["ChangeCaseload"] = "the administrator's, for the whole district",
        ["ProposalPage"] = "rules are the district's",
        ["ReportPage"] = "a report is the district's",
        ["DecideReportPage"] = "a report is the district's",
        ["ReportFile"] = "a report is the district's",
        ["DecideProposalPage"] = "rules are the district's",
        ["ConcernPage"] = "a concern, by its id",
        ["AcknowledgeConcern"] = "a concern, by its id",
        ["AuditOfPupil"] = "the administrator's, for the whole district",
        ["AuditSearch"] = "the administrator's, for the whole district",
    };

    private TenantApp app = null!;
    private readonly Dictionary<Role, string> tokens = [];
    private readonly Dictionary<Role, TenantPerson> people = [];

    public async ValueTask InitializeAsync()
    {
        app = await TenantApp.StartAsync();
        foreach (var role in Enum.GetValues<Role>())
        {
            if (Roles.OfPeople.Contains(role)) people[role] = await app.HireAsync(role.ToString(), TenantApp.Mine, role);
            tokens[role] = people.TryGetValue(role, out var person) ? app.Tenant.AccessToken(person) : app.Tenant.AppToken([Roles.NameOf(role)]);
        }
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
            .Where(f => (f.Http.Route.Contains('{', StringComparison.Ordinal) && !f.Http.Route.Contains("maxlength(0)", StringComparison.Ordinal) && f.Http.Route != "{*path}")
                || f.Function.Method.GetCustomAttributes(typeof(QueryParameterAttribute), false).Cast<QueryParameterAttribute>().Any(q => q.Name == "school")
                || f.Http.Route.Contains("audit", StringComparison.Ordinal))
            .Select(f => f.Function.Name);
        Assert.Equal(askedWithIds.Order(), OfOtherSchool.Keys.Concat(NoSchools.Keys).Order());
        var referral = await ReferAsync(TenantApp.Theirs);
        foreach (var (name, address) in OfOtherSchool)
        {
            var (_, http) = HttpFunctions().Single(f => f.Function.Name == name);
            foreach (var role in Endpoints[name].Roles.Where(role => !Roles.IsDistrictWide(role)))
            {
                Assert.Equal(HttpStatusCode.NotFound, await AskAsync(people[role], http.Methods[0], address));
                var there = await app.HireAsync($"{role}-{name}", TenantApp.Theirs, role);
                Assert.NotEqual(HttpStatusCode.NotFound, await AskAsync(there, http.Methods[0], address));
            }
        }

        async Task<HttpStatusCode> AskAsync(TenantPerson person, string method, CompositeFormat address)
        {
            app.Tenant.Person = person;
            using var browser = app.Browser();
            using var start = await browser.OpenAsync("/signin");
            var token = FormToken().Match(await start.Content.ReadAsStringAsync()).Groups[1].Value;
            var at = string.Format(CultureInfo.InvariantCulture, address, referral);
            using var answer = method == "POST" ? await browser.PostAsync(at, [new("form-token", token)]) : await browser.GetAsync(at);
            return answer.StatusCode;
        }
    }

    private async Task<ReferralId> ReferAsync(SchoolId school)
    {
        var (today, pupil) = (DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime), new StudentNaming(StudentUniqueId.Parse("p1"), "Mara", "Example"));
        await app.Get<Enrollments>().EnrollAsync(
            [new EnrollmentStatement(pupil, new Enrollment(school, today.AddDays(-60), null, "7"))], EnrollmentMode.Roster, 8, CancellationToken.None);
        var student = (await app.Get<StudentDirectory>().FindAsync(pupil.UniqueId, CancellationToken.None))!.Value;
        var result = new ScreeningResult(student, school, today, Level.Raised, 4m, null, [], [], 1m, RuleSet.Starting.Version);
        var change = (ReferralChange.Made)await app.Get<ReferralStore>().ApplyAsync(result, _ => result, DistrictCapacity.Unlimited, CancellationToken.None);
        await app.Get<WorklistProjection>().ProjectAsync(change.After, CancellationToken.None);
        await app.Get<SchoolRegistry>().AddAsync(school, SchoolYear.Containing(today, 8), CancellationToken.None);
        return change.After.Id;
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

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex RouteValue();
}
