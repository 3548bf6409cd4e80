using System.Net;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Functions.Tests.Referrals;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>The form that proposes rules: shares as per cent.</summary>
public sealed partial class RulePageTests : IAsyncLifetime
{
    private const string Address = "/district/rules/propose";

    private static readonly Caller Ada = new(StaffId.Parse("ada"), new HashSet<Role> { Role.Administrator }, new HashSet<SchoolId>()) { Name = "Ada Admin" };

    private CaseSite site = null!;

    public async ValueTask InitializeAsync()
    {
        site = await CaseSite.StartAsync();
        site.As(Ada);
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Propose_FormAsItCame_StoresTheNumbersAsTheyStood()
    {
        var (page, severe) = await FormAsync();
        Assert.Contains($"name=\"{severe}\" value=\"20 %\"", page, StringComparison.Ordinal);
        using var answer = await SendAsync(page);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var stored = Assert.Single(await site.Get<RuleProposals>().ListAsync(CancellationToken.None)).Json;
        Assert.Equal(RuleNumbers.Of(await JsonAsync()), RuleNumbers.Of(System.Text.Encoding.UTF8.GetBytes(stored)));
    }

    [Fact]
    public async Task Propose_ShareChanged_IsShownAsPerCentBesideTheOldOne()
    {
        var (page, severe) = await FormAsync();
        using var answer = await SendAsync(page, (severe, "22.5%"));
        var proposal = await site.PageAsync(answer.Headers.Location!.OriginalString);
        Assert.Contains("20 % → <strong>22.5 %</strong>", WebUtility.HtmlDecode(proposal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("22")]
    [InlineData("22,5 %")]
    [InlineData("")]
    public async Task Propose_ShareWithoutItsSignOrNone_ComesBackWithWhatWasTyped(string typed)
    {
        var (page, severe) = await FormAsync();
        using var answer = await SendAsync(page, (severe, typed));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var back = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"name=\"{severe}\" value=\"{typed}\"", back, StringComparison.Ordinal);
        Assert.Contains($"id=\"{severe}-error\">Write it as per cent, with the sign: 15 %.<", back, StringComparison.Ordinal);
        Assert.Empty(await site.Get<RuleProposals>().ListAsync(CancellationToken.None));
    }

    private async Task<(string Page, string Severe)> FormAsync() => (
        await site.PageAsync(Address), RuleNumbers.Of(await JsonAsync()).Single(number => number.Rule == "absence.severe" && number.Field == "when[0].atLeast").Path);

    private Task<HttpResponseMessage> SendAsync(string page, params (string Name, string Value)[] typed)
    {
        var fields = Number().Matches(page).Select(match => (Name: match.Groups[1].Value, Value: WebUtility.HtmlDecode(match.Groups[2].Value)));
        return site.PostAsync(
            Address, CaseSite.TokenOf(page), [("version", "v2"), ("why", "a reason"), .. fields.Where(field => typed.All(t => t.Name != field.Name)), .. typed]);
    }

    private async Task<ReadOnlyMemory<byte>> JsonAsync() =>
        await site.Get<RuleSets>().JsonOfAsync((await site.Get<DistrictSettingsStore>().ReadAsync(CancellationToken.None)).Settings, CancellationToken.None);

    [GeneratedRegex("name=\"((?:rules\\[|levels\\.)[^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Number();
}
