using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Tests.Referrals;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>The list of the staff, and how somebody is found in it.</summary>
public sealed partial class StaffPageTests : IAsyncLifetime
{
    private static readonly Caller Ada = new(StaffId.Parse("ada"), new HashSet<Role> { Role.Administrator }, new HashSet<SchoolId>()) { Name = "Ada Admin" };

    private CaseSite site = null!;

    public async ValueTask InitializeAsync()
    {
        site = await CaseSite.StartAsync();
        await HireAsync("mo", "Mo Müller", Role.DataManager, CaseSite.Riverside, "morgan.muller@north.example");
        site.As(Ada);
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Theory]
    [InlineData("q=LEAD", "Lea Lead")]
    [InlineData("q=+n%20co+", "Ann Counsel", "Ben Counsel")]
    [InlineData("q=M%C3%9CLL", "Mo Müller")]
    [InlineData("q=Morgan.M", "Mo Müller")]
    [InlineData("q=RIVER", "Mo Müller", "Rio Counsel")]
    [InlineData("role=Teacher", "Tom Teacher")]
    [InlineData("q=river&role=Counsellor", "Rio Counsel")]
    [InlineData("q=river&role=Teacher")]
    // A role that nobody could have is none to search for.
    [InlineData("q=lead&role=99", "Lea Lead")]
    public async Task Get_Search_ShowsWhomItFitsByNameAccountSchoolOrRole(string query, params string[] names) =>
        Assert.Equal(names, NamesOf(await site.PageAsync($"/district/staff?{query}")));

    [Theory]
    [InlineData(StaffModel.Most, "60 found<")]
    [InlineData(StaffModel.Most + 1, "61 found; the first 60 are shown.")]
    public async Task Get_MoreThanFit_ShowsSixtyAndSaysSo(int count, string words)
    {
        for (var i = 0; i < count; i++) await HireAsync($"x{i}", string.Create(CultureInfo.InvariantCulture, $"Extra {i:D3}"), Role.Teacher, CaseSite.Oakfield, null);
        var page = await site.PageAsync("/district/staff?q=extra");
        Assert.Equal(Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"Extra {i:D3}")), NamesOf(page));
        Assert.Contains(words, page, StringComparison.Ordinal);
    }

    private Task<StaffSaved> HireAsync(string id, string name, Role role, SchoolId school, string? account) => site.Get<StaffStore>().SaveAsync(
        new StaffMember(StaffId.Parse(id), id, name, new HashSet<Role> { role }, new HashSet<SchoolId> { school }) { UserPrincipalName = account }, null, CancellationToken.None).AsTask();

    private static IEnumerable<string> NamesOf(string page) => Name().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));

    [GeneratedRegex("<a href=\"/district/staff/[^\"]+\">([^<]+)</a>\\s*(?:<span class=\"badge\">[^<]*</span>\\s*)?</th>")]
    private static partial Regex Name();
}
