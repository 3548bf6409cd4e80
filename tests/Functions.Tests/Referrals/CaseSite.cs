using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Referrals;

/// <summary>The app on Kestrel with two schools, two counsellors, a safeguarding lead and pupils with referrals.</summary>
internal sealed partial class CaseSite : IAsyncDisposable
{
    public static readonly SchoolId Oakfield = SchoolId.Parse("oakfield");
    public static readonly SchoolId Riverside = SchoolId.Parse("riverside");
    public static readonly DateOnly Today = new(2026, 3, 20);

    public static readonly Caller Ann = Staff("ann", "Ann Counsel", Role.Counsellor, Oakfield);
    public static readonly Caller Ben = Staff("ben", "Ben Counsel", Role.Counsellor, Oakfield);
    public static readonly Caller Lea = Staff("lea", "Lea Lead", Role.SafeguardingLead, Oakfield);
    public static readonly Caller Rio = Staff("rio", "Rio Counsel", Role.Counsellor, Riverside);
    public static readonly Caller Tom = Staff("tom", "Tom Teacher", Role.Teacher, Oakfield);

    private readonly TempFolder folder = new();
    private readonly Someone caller = new();
    private IHost? host;
    private int pupils;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(Today, new TimeOnly(9, 0), TimeSpan.Zero));

    public HttpClient Client { get; private set; } = new();

    public T Get<T>() where T : notnull => host!.Services.GetRequiredService<T>();

    public static async Task<CaseSite> StartAsync()
    {
        var site = new CaseSite();
        site.host = LocalHost.Build(
            new LocalOptions(site.folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false }.OnTestStore(),
            configure: services => services.AddSingleton<ICallerResolver>(site.caller).AddSingleton<TimeProvider>(site.Clock));
        await site.host.StartAsync();
        site.Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = LocalHost.AddressOf(site.host) };
        foreach (var who in new[] { Ann, Ben, Lea, Rio, Tom })
            await site.Get<StaffStore>().SaveAsync(new StaffMember(who.Id, who.Id.Value, who.Name, who.Roles, who.Schools!), null, CancellationToken.None);
        site.As(Ann);
        return site;
    }

    /// <summary>Who calls from now on.</summary>
    public void As(Caller who) => caller.Is = who;

    /// <summary>A new pupil with a referral, in the worklist.</summary>
    public async Task<Referral> ReferAsync(string given, SchoolId? school = null, Level level = Level.Raised)
    {
        var at = school ?? Oakfield;
        var naming = new StudentNaming(StudentUniqueId.Parse($"p{++pupils}"), given, "Example");
        await Get<Enrollments>().EnrollAsync(
            [new EnrollmentStatement(naming, new Enrollment(at, new DateOnly(2025, 9, 1), null, "7"))], EnrollmentMode.Roster, 8, CancellationToken.None);
        var student = (await Get<StudentDirectory>().FindAsync(naming.UniqueId, CancellationToken.None))!.Value;
        return await ScreenAsync(student, at, level, Today.AddDays(-2));
    }

    public async Task<Referral> ScreenAsync(StudentKey student, SchoolId school, Level level, DateOnly asOf)
    {
        var trigger = new Trigger(
            "absence.severe", RuleFamily.Absence, "last45AbsenceRate", 0.25m, 0.20m, asOf.AddDays(-60), asOf, [asOf.AddDays(-1), asOf], 4, false,
            "Absence over the last 45 school days falls below 20 %.");
        var result = new ScreeningResult(student, school, asOf, level, 4m, null, [trigger], [], 0.97m, RuleSet.Starting.Version);
        var change = (ReferralChange.Made)await Get<ReferralStore>().ApplyAsync(result, _ => result, DistrictCapacity.Unlimited, CancellationToken.None);
        await Get<WorklistProjection>().ProjectAsync(change.After, CancellationToken.None);
        return change.After;
    }

    public async Task<Referral> NowAsync(Referral referral)
    {
        var now = (await Get<ReferralStore>().FindAsync(referral.Student, referral.Id, CancellationToken.None))!;
        await Get<WorklistProjection>().ProjectAsync(now, CancellationToken.None);
        return now;
    }

    /// <summary>A page's text, which the status must be 200 of unless another is wanted.</summary>
    public async Task<string> PageAsync(string address, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await Client.GetAsync(address);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{address} answers {answer.StatusCode}: {text}");
        return text;
    }

    /// <summary>Sends a form as the page would: with the page's token and the revision it showed.</summary>
    public async Task<HttpResponseMessage> PostAsync(string address, Referral seen, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await PageAsync($"/cases/{seen.Id}")).Groups[1].Value;
        return await PostAsync(address, token, [("seen", seen.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. fields]);
    }

    public Task<HttpResponseMessage> PostAsync(string address, string token, IEnumerable<(string Name, string Value)> fields) => Client.PostAsync(
        address, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)).Append(KeyValuePair.Create("form-token", WebUtility.HtmlDecode(token)))));

    public static string TokenOf(string page) => Token().Match(page).Groups[1].Value;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (host is not null) await host.StopAsync();
        host?.Dispose();
        folder.Dispose();
    }

    private static Caller Staff(string id, string name, Role role, SchoolId school) =>
        new(StaffId.Parse(id), new HashSet<Role> { role }, new HashSet<SchoolId> { school }) { Name = name };

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    private sealed class Someone : ICallerResolver
    {
        public Caller Is { get; set; } = Caller.Nobody;

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(Is);
    }
}
