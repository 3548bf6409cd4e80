using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Notifications.AlertRig;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>Who finds a concern, and who sees whom it is about.</summary>
public sealed class ConcernPageTests : IAsyncDisposable
{
    private static readonly SchoolId Riverside = SchoolId.Parse("Riverside");

    private readonly AlertRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Concern_OfAnotherSchool_IsNotFound()
    {
        var concern = await RaiseAsync();

        Assert.Null(await rig.App.Get<ConcernDesk>().FindAsync(concern, CallerOf(Role.SafeguardingLead, Riverside), CancellationToken.None));
        Assert.NotNull(await rig.App.Get<ConcernDesk>().FindAsync(concern, CallerOf(Role.SafeguardingLead, Oakfield), CancellationToken.None));
    }

    [Fact]
    public async Task Concern_ReadByWhoIsNotToKnow_NamesNobody()
    {
        var id = await RaiseAsync();
        var desk = rig.App.Get<ConcernDesk>();
        var concern = (await desk.FindAsync(id, CallerOf(Role.SafeguardingLead, Oakfield), CancellationToken.None))!;

        var closed = await desk.ReadAsync(concern, null, CancellationToken.None);
        var open = await desk.ReadAsync(
            concern, Authority.Of(CallerOf(Role.SafeguardingLead, Oakfield), new AccessDecision(AccessReason.RolePermits)), CancellationToken.None);

        Assert.Equal((null, null, null), (closed.Name, closed.RaisedBy, closed.Note));
        Assert.Equal("Not for the alert.", open.Note);
    }

    private async Task<Guid> RaiseAsync()
    {
        await rig.HireAsync("lead", Role.SafeguardingLead);
        var id = await rig.RaiseConcernAsync(StudentKey.New(), Oakfield);
        await rig.WorkAsync(TimeSpan.FromSeconds(30));
        return id;
    }

    private static Caller CallerOf(Role role, SchoolId school) => new(StaffId.Parse("lead"), new HashSet<Role> { role }, new HashSet<SchoolId> { school });
}
