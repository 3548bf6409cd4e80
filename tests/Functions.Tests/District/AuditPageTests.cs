using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>The administrator's look into the audit: who did what, never which pupil, unless one is asked for with a reason.</summary>
public sealed partial class AuditPageTests : IAsyncLifetime
{
    private static readonly SchoolId Elm = SchoolId.Parse("elm");

    private readonly TempFolder folder = new();
    private readonly Someone caller = new() { Is = new Caller(StaffId.Parse("a-1"), new HashSet<Role> { Role.Administrator }, null) };
    private readonly IHost host;
    private HttpClient client = null!;
    private StudentKey ada;

    public AuditPageTests() => host = LocalHost.Build(
        new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0) { SurvivesPowerCut = false }.OnTestStore(),
        configure: services => services.AddSingleton<ICallerResolver>(caller));

    public async ValueTask InitializeAsync()
    {
        await host.StartAsync();
        client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
        ada = (await host.Services.GetRequiredService<StudentDirectory>().EnsureAsync([new StudentNaming(StudentUniqueId.Parse("604822"), "Ada", "Lamp")], default))[0];
        await host.Services.GetRequiredService<StaffStore>().SaveAsync(
            new StaffMember(StaffId.Parse("c-1"), "77", "Mx. Rowan", new HashSet<Role> { Role.Counsellor }, new HashSet<SchoolId> { Elm }), null, default);
        await host.Services.GetRequiredService<DisclosureLog>().ReadAsync(
            new Authority(AuditActor.Staff("c-1"), [Role.Counsellor], AccessReason.OwnCaseload), AuditAction.ReadCase, ada, Elm, null, default);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.StopAsync();
        host.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Get_ByStaff_NamesTheStaffAndNoPupil()
    {
        var page = await client.GetStringAsync("/district/audit?staff=c-1");
        Assert.Contains("Mx. Rowan", page, StringComparison.Ordinal);
        Assert.Contains("Read a case", page, StringComparison.Ordinal);
        Assert.Contains("Own caseload", page, StringComparison.Ordinal);
        Assert.DoesNotContain(ada.ToString(), page, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_InJapanese_SpeaksIt()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/district/audit?staff=c-1");
        request.Headers.Add("Accept-Language", "ja");
        using var answer = await client.SendAsync(request);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("閲覧と変更の記録", page, StringComparison.Ordinal);
        Assert.Contains("ケースの閲覧", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?from=2026-01-01&to=2026-02-01", "at most 31 days")]
    [InlineData("?from=soon", "at most 31 days")]
    [InlineData("?staff=nobody@example.org", "Nobody on the staff")]
    [InlineData("?school=%00", "1 to 60 characters")]
    public async Task Get_WhatCannotBeAnswered_SaysSoInWords(string query, string words)
    {
        using var answer = await client.GetAsync("/district/audit" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PupilInTheAddress_IsNotLookedUp()
    {
        var page = await client.GetStringAsync("/district/audit?student=604822&purpose=Complaint&action=ReadWorklist");
        Assert.Contains("Nothing was found", page, StringComparison.Ordinal);
        Assert.Empty(await AskedAboutAsync());
    }

    [Fact]
    public async Task Post_PupilWithAReason_ShowsTheEntriesAndIsItselfAudited()
    {
        using var answer = await PostAsync(("student", "604822"), ("purpose", "Complaint"));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Read a case", page, StringComparison.Ordinal);
        var asked = Assert.Single(await AskedAboutAsync());
        Assert.Equal(("staff a-1", StatedPurpose.Complaint, AccessReason.RolePermits), (asked.Who.Value, asked.Purpose, asked.Reason));
    }

    [Theory]
    [InlineData("604822", "", "Choose a reason")]
    [InlineData("604822", "Curiosity", "Choose a reason")]
    [InlineData("999", "Complaint", "No pupil of this district")]
    [InlineData("", "Complaint", "No pupil of this district")]
    public async Task Post_WithoutAReasonOrAPupil_ShowsNothing(string student, string purpose, string words)
    {
        using var answer = await PostAsync(("student", student), ("purpose", purpose));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await AskedAboutAsync());
    }

    [Fact]
    public async Task Get_Counsellor_Answers403()
    {
        caller.Is = new Caller(StaffId.Parse("c-1"), new HashSet<Role> { Role.Counsellor }, null);
        using var answer = await client.GetAsync("/district/audit");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private async Task<List<AuditEntry>> AskedAboutAsync() =>
        [.. (await host.Services.GetRequiredService<Disclosures>().OfPupilAsync(ada, [], null, null, default)).Where(e => e.Action == AuditAction.SearchAudit)];

    private async Task<HttpResponseMessage> PostAsync(params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await client.GetStringAsync("/district/audit")).Groups[1].Value;
        return await client.PostAsync("/district/audit", new FormUrlEncodedContent(
            [KeyValuePair.Create("form-token", token), .. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))]));
    }

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    private sealed class Someone : ICallerResolver
    {
        public required Caller Is { get; set; }

        public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(Is);
    }
}
