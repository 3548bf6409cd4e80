using System.Net;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Tests.Referrals;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>An administrator names pupils for a counsellor's caseload.</summary>
public sealed partial class CaseloadPageTests : IAsyncLifetime
{
    private static readonly Caller Ada = new(StaffId.Parse("ada"), new HashSet<Role> { Role.Administrator }, new HashSet<SchoolId>()) { Name = "Ada Admin" };

    private CaseSite site = null!;

    public async ValueTask InitializeAsync() => site = await CaseSite.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Pupil_FoundAddedAndTakenOut_ChangesTheCaseloadWithEntriesThatNameThePupil()
    {
        var mara = await site.ReferAsync("Mara");
        var sam = await site.ReferAsync("Sam", CaseSite.Riverside);
        site.As(Ada);
        var page = await site.PageAsync("/district/staff/ann/pupils");
        Assert.Contains("Nobody is named", page, StringComparison.Ordinal);

        var found = await PostAsync(page, ("school", "riverside"), ("name", "sa"));
        Assert.Contains("Sam Example", found, StringComparison.Ordinal);
        Assert.DoesNotContain("Mara", found, StringComparison.Ordinal);
        var named = await PostAsync(found, ("add", ReferenceOf(found, "add")));
        Assert.Contains("The pupil is in the caseload", named, StringComparison.Ordinal);
        Assert.Equal([sam.Student], (await CaseloadAsync()).Pupils);
        // Whoever is named already is not offered again.
        Assert.Contains("Nobody was found", await PostAsync(named, ("school", "riverside"), ("name", "sam")), StringComparison.Ordinal);

        await PostAsync(named, ("remove", ReferenceOf(named, "remove")));
        Assert.Empty((await CaseloadAsync()).Pupils);
        var changes = (await site.Get<AuditSearch>().FindAsync(
            Authority.CommandLine, new AuditQuery(CaseSite.Today, CaseSite.Today) { Action = AuditAction.ChangeStaff }, default)).Entries;
        Assert.Equal(2, changes.Count);
        Assert.All(changes, entry => Assert.Equal(("staff ada", "ann", sam.Student), (entry.Who.Value, entry.Reference, Assert.Single(entry.Students))));
        Assert.NotEqual(mara.Student, sam.Student);
    }

    [Fact]
    public async Task Staff_NobodyOfThatIdOrReferenceOfSubjectAccess_IsNotFound()
    {
        await site.ReferAsync("Mara");
        site.As(Ada);
        await site.PageAsync("/district/staff/nobody/pupils", HttpStatusCode.NotFound);
        var access = await site.PageAsync("/district/subject-access");
        using var answer = await site.PostAsync("/district/subject-access", CaseSite.TokenOf(access), [("school", "oakfield"), ("name", "mara")]);
        var reference = ReferenceOf(await answer.Content.ReadAsStringAsync(), "pupil");
        using var added = await site.PostAsync("/district/staff/ann/pupils", CaseSite.TokenOf(access), [("add", reference)]);
        Assert.Equal(HttpStatusCode.NotFound, added.StatusCode);
    }

    [Theory]
    [InlineData(Caseload.MaxPupils - 1, CaseloadChange.Done)]
    [InlineData(Caseload.MaxPupils, CaseloadChange.TooMany)]
    public async Task Change_AtTheMost_TakesNoMore(int held, CaseloadChange outcome)
    {
        var staff = site.Get<StaffStore>();
        var stored = (await staff.FindAsync(CaseSite.Ann.Id, default))!;
        var pupils = Enumerable.Range(0, held).Select(_ => Domain.Students.StudentKey.New()).ToHashSet();
        await staff.SaveAsync(stored.Member with { Caseload = new Caseload([], pupils) }, stored.Version, default);
        Assert.Equal(outcome, await site.Get<CaseloadDesk>().ChangeAsync(CaseSite.Ann.Id, Domain.Students.StudentKey.New(), true, Authority.CommandLine, default));
    }

    private async Task<Caseload> CaseloadAsync() => (await site.Get<StaffStore>().FindAsync(CaseSite.Ann.Id, default))!.Member.Caseload;

    private async Task<string> PostAsync(string page, params (string, string)[] fields)
    {
        using var answer = await site.PostAsync("/district/staff/ann/pupils", CaseSite.TokenOf(page), fields);
        return answer.StatusCode == HttpStatusCode.SeeOther
            ? await site.PageAsync(answer.Headers.Location!.OriginalString)
            : await answer.Content.ReadAsStringAsync();
    }

    private static string ReferenceOf(string page, string name) => Button().Matches(page).First(m => m.Groups[1].Value == name).Groups[2].Value;

    [GeneratedRegex("name=\"(add|remove|pupil)\" value=\"([^\"]+)\"")]
    private static partial Regex Button();
}
