using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.District;

public sealed class StaffStoreTests : IDisposable
{
    private static readonly SchoolId Hill = SchoolId.Parse("hill/side");
    private static readonly SchoolId Lake = SchoolId.Parse("lake");

    private readonly TestStore store = new();
    private readonly StaffStore staff;

    public StaffStoreTests() => staff = new StaffStore(store.Tables, DistrictId.Parse("valley"));

    public void Dispose() => store.Dispose();

    private static StaffMember Ana(params Role[] roles) =>
        new(StaffId.Parse("ana"), "source 1", "Ana Ruiz", roles.ToHashSet(), new HashSet<SchoolId> { Hill })
        {
            EntraObjectId = Guid.Parse("6d6b3a2e-0000-0000-0000-000000000001"),
            UserPrincipalName = "Ana.Ruiz@Valley.example",
        };

    [Fact]
    public async Task Save_EveryField_ComesBack()
    {
        var saved = Ana(Role.Teacher, Role.Counsellor) with
        {
            Classes = [new SchoolClass(Hill, ClassId.Parse("7a"))],
            Caseload = new Caseload([new CaseloadGrades(Hill, ["7", "8"])], new HashSet<StudentKey> { StudentKey.New() }),
            Deputy = StaffId.Parse("ben"),
            IsActive = false,
        };
        Assert.IsType<StaffSaved.Saved>(await staff.SaveAsync(saved, null, CancellationToken.None));
        var read = (await staff.FindAsync(saved.Id, CancellationToken.None))!.Member;
        Assert.Equal(
            (saved.Id, saved.SourceId, saved.DisplayName, saved.EntraObjectId, saved.UserPrincipalName, saved.Deputy, false),
            (read.Id, read.SourceId, read.DisplayName, read.EntraObjectId, read.UserPrincipalName, read.Deputy, read.IsActive));
        Assert.Equal(saved.Roles.Order(), read.Roles.Order());
        Assert.Equal(saved.Schools, read.Schools);
        Assert.Equal(saved.Classes, read.Classes);
        Assert.Equal(saved.Caseload.Pupils, read.Caseload.Pupils);
        Assert.Equal((Hill, "7,8"), (read.Caseload.Grades[0].School, string.Join(',', read.Caseload.Grades[0].Grades)));
    }

    [Fact]
    public async Task Find_ByEveryPointer_FollowsAChange()
    {
        await staff.SaveAsync(Ana(Role.Counsellor), null, CancellationToken.None);
        var stored = (await staff.FindByNameAsync("ana.ruiz@VALLEY.example", CancellationToken.None))!;
        Assert.Equal(Ana().Id, (await staff.FindBySourceAsync("source 1", CancellationToken.None))?.Member.Id);
        Assert.Single(await staff.OfSchoolAsync(Hill, Role.Counsellor, CancellationToken.None));
        Assert.Empty(await staff.OfSchoolAsync(Hill, Role.SafeguardingLead, CancellationToken.None));

        var moved = stored.Member with { Schools = new HashSet<SchoolId> { Lake }, UserPrincipalName = "ana@lake.example" };
        Assert.IsType<StaffSaved.Saved>(await staff.SaveAsync(moved, stored.Version, CancellationToken.None));
        Assert.Null(await staff.FindByNameAsync("ana.ruiz@valley.example", CancellationToken.None));
        Assert.NotNull(await staff.FindByNameAsync("ana@lake.example", CancellationToken.None));
        Assert.Empty(await staff.OfSchoolAsync(Hill, Role.Counsellor, CancellationToken.None));
        Assert.Single(await staff.OfSchoolAsync(Lake, Role.Counsellor, CancellationToken.None));
        Assert.Single(await staff.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Save_OnAnOldVersionOrATakenAccount_IsRefused()
    {
        await staff.SaveAsync(Ana(), null, CancellationToken.None);
        var stored = (await staff.FindAsync(Ana().Id, CancellationToken.None))!;
        Assert.IsType<StaffSaved.Changed>(await staff.SaveAsync(Ana(), null, CancellationToken.None));
        Assert.IsType<StaffSaved.Saved>(await staff.SaveAsync(Ana(Role.Teacher), stored.Version, CancellationToken.None));
        Assert.IsType<StaffSaved.Changed>(await staff.SaveAsync(Ana(), stored.Version, CancellationToken.None));
        var other = Ana() with { Id = StaffId.Parse("eve"), SourceId = "source 2", EntraObjectId = null };
        Assert.IsType<StaffSaved.AlreadyTaken>(await staff.SaveAsync(other, null, CancellationToken.None));
        Assert.Null(await staff.FindAsync(other.Id, CancellationToken.None));
    }

    [Fact]
    public async Task FindByAccount_NameOfAnotherObject_IsNobody()
    {
        await staff.SaveAsync(Ana(), null, CancellationToken.None);
        Assert.NotNull(await staff.FindByAccountAsync(Ana().EntraObjectId!.Value, null, CancellationToken.None));
        Assert.Null(await staff.FindByAccountAsync(Guid.NewGuid(), Ana().UserPrincipalName, CancellationToken.None));
        var byName = Ana() with { Id = StaffId.Parse("bo"), SourceId = "source 3", EntraObjectId = null, UserPrincipalName = "bo@valley.example" };
        await staff.SaveAsync(byName, null, CancellationToken.None);
        Assert.NotNull(await staff.FindByAccountAsync(Guid.NewGuid(), "bo@valley.example", CancellationToken.None));
    }

    [Fact]
    public async Task Rows_OfStaff_CarryNoAccountInTheirKeys()
    {
        await staff.SaveAsync(Ana(), null, CancellationToken.None);
        var keys = (await store.RowsAsync(TableName.District, PartitionKey.Of("valley"), new RowKeyRange("s", "t"))).Select(row => row.Key.Value).ToList();
        Assert.Equal(5, keys.Count);
        Assert.DoesNotContain(keys, key => key.Contains("ruiz", StringComparison.OrdinalIgnoreCase) || key.Contains("source 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callers_RoleTakenAway_StopsWithinFiveMinutes()
    {
        var clock = new FakeTimeProvider();
        var callers = new StaffCallers(staff, clock);
        var proof = new SignInProof.Account(Ana().EntraObjectId!.Value, null, new HashSet<Role> { Role.Teacher, Role.Counsellor, Role.FeedsSend });
        await staff.SaveAsync(Ana(Role.Teacher, Role.Counsellor), null, CancellationToken.None);
        Assert.Equal([Role.Teacher, Role.Counsellor], (await callers.OfAsync(proof, CancellationToken.None)).Roles.Order());

        var stored = (await staff.FindAsync(Ana().Id, CancellationToken.None))!;
        await staff.SaveAsync(Ana(Role.Teacher), stored.Version, CancellationToken.None);
        clock.Advance(StaffCallers.Remembered - TimeSpan.FromTicks(1));
        Assert.Equal([Role.Teacher, Role.Counsellor], (await callers.OfAsync(proof, CancellationToken.None)).Roles.Order());
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([Role.Teacher], (await callers.OfAsync(proof, CancellationToken.None)).Roles);
    }

    [Fact]
    public async Task Callers_OfAProof_HaveWhatBothGive()
    {
        var callers = new StaffCallers(staff, new FakeTimeProvider());
        await staff.SaveAsync(Ana(Role.Teacher, Role.Administrator), null, CancellationToken.None);
        await staff.SaveAsync(
            Ana(Role.Teacher) with { Id = StaffId.Parse("old"), SourceId = "o", EntraObjectId = null, UserPrincipalName = "old@valley.example", IsActive = false },
            null, CancellationToken.None);

        Assert.Equal([Role.Teacher], (await OfAsync(Ana().EntraObjectId!.Value, Role.Teacher, Role.Counsellor)).Roles);
        Assert.Empty((await OfAsync(Ana().EntraObjectId!.Value, Role.Counsellor)).Roles);
        var stranger = await OfAsync(Guid.NewGuid(), Role.Administrator);
        Assert.True(stranger is { IsNobody: false, Roles.Count: 0 });
        Assert.Equal([Role.Teacher, Role.Administrator], (await callers.OfAsync(new SignInProof.Picked(Ana().Id), CancellationToken.None)).Roles.Order());
        Assert.True((await callers.OfAsync(new SignInProof.Picked(StaffId.Parse("old")), CancellationToken.None)).IsNobody);
        var app = await callers.OfAsync(new SignInProof.App(Guid.NewGuid(), new HashSet<Role> { Role.FeedsSend, Role.Administrator }), CancellationToken.None);
        Assert.Equal([Role.FeedsSend], app.Roles);

        async Task<Caller> OfAsync(Guid account, params Role[] roles) =>
            await callers.OfAsync(new SignInProof.Account(account, null, roles.ToHashSet()), CancellationToken.None);
    }

    [Theory]
    [InlineData("ANA.ruiz@valley.example", true)]
    [InlineData("6d6b3a2e-0000-0000-0000-000000000001", true)]
    [InlineData("ana", true)]
    [InlineData("eve", false)]
    [InlineData("", false)]
    public async Task OnBehalf_Submitter_IsSomebodyOfTheStaff(string submitter, bool isKnown)
    {
        var callers = new StaffCallers(staff, new FakeTimeProvider());
        await staff.SaveAsync(Ana(Role.Teacher), null, CancellationToken.None);
        var system = await callers.OfAsync(new SignInProof.App(Guid.NewGuid(), new HashSet<Role> { Role.ObservationsSubmit }), CancellationToken.None);
        var person = await callers.OnBehalfAsync(system, submitter, CancellationToken.None);
        Assert.Equal(isKnown ? (Ana().Id, system.Id) : null, person is null ? null : ((StaffId, StaffId)?)(person.Id, person.Through!.Value));
        var other = await callers.OfAsync(new SignInProof.App(Guid.NewGuid(), new HashSet<Role> { Role.FeedsSend }), CancellationToken.None);
        Assert.Null(await callers.OnBehalfAsync(other, submitter, CancellationToken.None));
    }
}
