using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Roster.Directories;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Tests.Notifications;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Graph;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>Roster and staff from Graph's education API, through the very import that files come in by.</summary>
public sealed class DirectorySyncTests : IAsyncLifetime
{
    private static readonly SchoolId Hill = SchoolId.Parse("100");
    private static readonly DateOnly Thursday = new(2026, 3, 19);
    private static readonly Guid Park = Guid.Parse("0a0b0c0d-0e0f-4001-8203-040506070801");

    private readonly ScaledTime time = new(100, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
    private Func<GraphCallKind, int, GraphFault?> script = (_, _) => null;
    private FakeGraph graph = null!;
    private LocalApp app = null!;

    public async ValueTask InitializeAsync()
    {
        graph = await FakeGraph.StartAsync(time, (kind, n) => script(kind, n));
        var options = new GraphOptions { Mailbox = "signal@district.example", Service = graph.Service, Timeout = TimeSpan.FromMinutes(2) };
        app = new LocalApp(Thursday, time, configure: services => services.AddSingleton<IRosterDirectory>(new GraphRosterDirectory(options, new AnyToken(), time)));
        var education = graph.Education;
        education.Schools["hill"] = ("100", "Hill School");
        education.Schools["vale"] = ("200", "Vale School");
        foreach (var n in Enumerable.Range(1, 8))
            education.Users[$"p{n}"] = new FakeUser($"p{n}", "student", $"S{n}", $"Given{n}", "Family") { Grade = "7", Schools = [n <= 5 ? "hill" : "vale"] };
        education.Users[Park.ToString()] = new FakeUser(Park.ToString(), "teacher", "T1", "Ada", "Park") { Schools = ["hill"] };
        education.Users["head"] = new FakeUser("head", "none", "", "Hugo", "Head") { Schools = ["hill"] };
        AddClass("c1", "7A", ["p1", "p2", "p3", "p4"], [Park.ToString()]);
        AddClass("c2", "7B", ["p4", "p5"], []);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await graph.DisposeAsync();
    }

    [Fact]
    public async Task Run_FirstTime_PupilsClassesAndTeachersAreTakenIn()
    {
        var sent = Assert.IsType<DirectorySyncResult.Sent>(await RunAsync());

        Assert.Equal((2, 2), (sent.Feeds.Count, sent.MembersRead));
        Assert.Equal(["S1", "S2", "S3", "S4", "S5"], await RollAsync(Hill));
        Assert.Equal(["S6", "S7", "S8"], await RollAsync(SchoolId.Parse("200")));
        Assert.Equal(["S1", "S2", "S3", "S4"], await PupilsOfAsync("7A"));
        var teacher = (await app.Get<StaffStore>().FindBySourceAsync("T1", CancellationToken.None))!.Member;
        Assert.Equal((Park, "Ada Park", $"{Park}@district.example"), (teacher.EntraObjectId!.Value, teacher.DisplayName, teacher.UserPrincipalName));
        Assert.Equal([new SchoolClass(Hill, ClassId.Parse("7A"))], teacher.Classes);
        Assert.Single(await app.Get<StaffStore>().ListAsync(CancellationToken.None));
        Assert.Empty(graph.Violations);
    }

    [Fact]
    public async Task Run_NothingChanged_SendsNothingAndAsksForNoMembers()
    {
        await RunAsync();
        graph.Education.Asked.Clear();

        Assert.IsType<DirectorySyncResult.Unchanged>(await RunAsync());

        Assert.DoesNotContain(graph.Education.Asked, path => path.EndsWith("members", StringComparison.Ordinal) || path.EndsWith("teachers", StringComparison.Ordinal));
        Assert.Single(graph.Education.Asked, "classes/delta");
    }

    [Fact]
    public async Task Run_AClassChangedAndAPupilLeft_OnlyThatClassIsAskedForAndThePupilIsOffTheRoll()
    {
        await RunAsync();
        graph.Education.Asked.Clear();
        graph.Education.Classes["c1"].Members.Remove("p3");
        graph.Education.Changes.Add("c1");
        graph.Education.Users["p5"].Schools.Clear();

        var sent = Assert.IsType<DirectorySyncResult.Sent>(await RunAsync());

        Assert.Equal(1, sent.MembersRead);
        Assert.Equal(["classes/c1/members", "classes/c1/teachers"], graph.Education.Asked.Where(p => p.StartsWith("classes/c", StringComparison.Ordinal)).Distinct().Order());
        Assert.Equal(["S1", "S2", "S4"], await PupilsOfAsync("7A"));
        Assert.Equal(["S1", "S2", "S3", "S4"], await RollAsync(Hill));
    }

    [Fact]
    public async Task Run_AClassIsDeleted_ItIsGoneThoughDeltaDoesNotSaySo()
    {
        await RunAsync();
        graph.Education.Classes.Remove("c2");

        Assert.IsType<DirectorySyncResult.Sent>(await RunAsync());

        Assert.Null(await app.Get<ClassStore>().FindAsync(new SchoolClass(Hill, ClassId.Parse("7B")), CancellationToken.None));
        var kept = new List<string>();
        await foreach (var row in app.Get<ITableStore>().QueryAsync(
            TableName.District, PartitionKey.Of("test", "roster-directory"), RowKeyRange.Under("C"), CancellationToken.None))
            kept.Add(row.Key.Parts()[1]);
        Assert.Equal(["c1"], kept);
    }

    [Fact]
    public async Task Run_GraphForgotTheDeltaToken_EverythingIsAskedForAgain()
    {
        await RunAsync();
        graph.Education.ForgottenUpTo = 100;
        graph.Education.Classes["c1"].Members.Remove("p1");

        Assert.Equal(2, Assert.IsType<DirectorySyncResult.Sent>(await RunAsync()).MembersRead);
        Assert.Equal(["S2", "S3", "S4"], await PupilsOfAsync("7A"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ThrottledInTheMiddle_WaitsAsLongAsAskedAndGoesOn(bool asDate)
    {
        script = (kind, n) => kind == GraphCallKind.Roster && n % 4 == 3 ? new GraphFault.Throttle(TimeSpan.FromSeconds(20), asDate) : null;

        Assert.IsType<DirectorySyncResult.Sent>(await RunAsync());

        Assert.Equal(["S1", "S2", "S3", "S4", "S5"], await RollAsync(Hill));
        Assert.Contains(graph.Calls, c => c.Answer == nameof(GraphFault.Throttle));
        // None came before its Retry-After, and all were in shape.
        Assert.Empty(graph.Violations);
    }

    [Fact]
    public async Task Run_BreaksOffInTheMiddle_NothingIsTakenInAndTheNextStartsOver()
    {
        script = (kind, n) => kind == GraphCallKind.Roster && n > 5 ? new GraphFault.TokenExpired() : null;
        await Assert.ThrowsAsync<IOException>(() => app.Get<DirectorySync>().RunAsync(null, CancellationToken.None));
        Assert.Empty(await RollAsync(Hill));

        script = (_, _) => null;
        Assert.IsType<DirectorySyncResult.Sent>(await RunAsync());
        Assert.Equal(["S1", "S2", "S3", "S4", "S5"], await RollAsync(Hill));
    }

    [Fact]
    public async Task Run_TeacherTheDistrictMadeACounsellor_StaysOne()
    {
        var held = new StaffMember(StaffId.Parse("ada"), "from a list", "Ada", new HashSet<Role> { Role.Counsellor }, new HashSet<SchoolId> { Hill, SchoolId.Parse("300") })
        {
            EntraObjectId = Park,
            Caseload = new Caseload([new CaseloadGrades(Hill, ["7"])], new HashSet<StudentKey>()),
        };
        await app.Get<StaffStore>().SaveAsync(held, null, CancellationToken.None);

        await RunAsync();

        var member = Assert.Single(await app.Get<StaffStore>().ListAsync(CancellationToken.None));
        Assert.Equal([Role.Teacher, Role.Counsellor], member.Roles.Order());
        Assert.Equal(["100", "300"], member.Schools.Select(s => s.Value).Order(StringComparer.Ordinal));
        Assert.Equal("7", Assert.Single(Assert.Single(member.Caseload.Grades).Grades));
    }

    [Fact]
    public async Task Run_PupilWithoutAnId_IsRefusedAndReported()
    {
        graph.Education.Users["p9"] = new FakeUser("p9", "student", "", "Nia", "Nobody") { Schools = ["hill"] };

        var sent = Assert.IsType<DirectorySyncResult.Sent>(await RunAsync());

        var report = (await app.Get<FeedStore>().ReportAsync(sent.Feeds[0], CancellationToken.None))!;
        Assert.Equal((FeedState.Complete, 1), (report.Status.State, (int)report.Refused));
    }

    [Fact]
    public async Task Run_DirectoryOfNobody_TakesNobodyOffARoll()
    {
        await RunAsync();
        graph.Education.Users.Clear();
        graph.Education.Classes.Clear();

        Assert.IsType<DirectorySyncResult.Empty>(await RunAsync());

        Assert.Equal(5, (await RollAsync(Hill)).Count);
    }

    private void AddClass(string key, string id, HashSet<string> members, HashSet<string> teachers)
    {
        graph.Education.Classes[key] = new FakeClass(key, "hill", id, "Class " + id) { Members = members, Teachers = teachers };
        graph.Education.Changes.Add(key);
    }

    private async Task<DirectorySyncResult> RunAsync()
    {
        var result = await app.Get<DirectorySync>().RunAsync(Authority.CommandLine, CancellationToken.None);
        await app.WorkAsync();
        return result;
    }

    /// <summary>StudentUniqueIds on the school's roll today.</summary>
    private async Task<List<string>> RollAsync(SchoolId school)
    {
        var roll = await app.Get<SchoolRolls>().LoadAsync(school, SchoolYear.Containing(Thursday), CancellationToken.None);
        return
        [
            .. from pupil in roll.Pupils()
               where pupil.Slot.Spans.Any(span => span.Covers(Thursday)) && !roll.IdAt(pupil.SlotIndex).IsEmpty
               let id = System.Text.Encoding.UTF8.GetString(roll.IdAt(pupil.SlotIndex))
               orderby id
               select id,
        ];
    }

    private async Task<List<string>> PupilsOfAsync(string of)
    {
        var roll = (await app.Get<ClassStore>().FindAsync(new SchoolClass(Hill, ClassId.Parse(of)), CancellationToken.None))!;
        var ids = new List<string>();
        foreach (var student in roll.On(Thursday)) ids.Add((await app.Get<StudentDirectory>().IdentifyAsync(student, CancellationToken.None))!.UniqueId.Value);
        return [.. ids.Order(StringComparer.Ordinal)];
    }
}
