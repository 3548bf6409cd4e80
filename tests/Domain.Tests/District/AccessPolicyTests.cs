using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Tests.District;

public sealed class AccessPolicyTests
{
    private static readonly SchoolId Mine = SchoolId.Parse("mine");

    [Theory]
    [InlineData(Role.Teacher)]
    [InlineData(Role.Counsellor, AccessAction.ReadWorklist)]
    [InlineData(Role.SafeguardingLead)]
    [InlineData(Role.Administrator, AccessAction.ReadFeedReports, AccessAction.HandleFailures)]
    [InlineData(Role.DataManager, AccessAction.SendFeed, AccessAction.ReadFeedReports, AccessAction.ReadRefusedRows, AccessAction.HandleFailures)]
    public void Decide_OneRole_PermitsExactlyThese(Role role, params AccessAction[] permitted)
    {
        var caller = new Caller("x", new HashSet<Role> { role }, null);
        foreach (var action in Enum.GetValues<AccessAction>())
            Assert.Equal(
                permitted.Contains(action) ? AccessReason.RolePermits : AccessReason.RoleMissing, AccessPolicy.Decide(caller, action, null).Reason);
    }

    [Fact]
    public void Decide_Nobody_IsNotSignedInForAnything() =>
        Assert.All(Enum.GetValues<AccessAction>(), action => Assert.Equal(AccessReason.NotSignedIn, AccessPolicy.Decide(Caller.Nobody, action, Mine).Reason));

    [Theory]
    [InlineData("mine", AccessReason.RolePermits)]
    [InlineData("theirs", AccessReason.OtherSchool)]
    [InlineData(null, AccessReason.SchoolNotNamed)]
    public void Decide_RolesInSomeSchools_HoldThereOnly(string? school, AccessReason reason)
    {
        var caller = new Caller("x", new HashSet<Role> { Role.Counsellor }, new HashSet<SchoolId> { Mine });
        SchoolId? asked = school is null ? null : SchoolId.Parse(school);
        var decision = AccessPolicy.Decide(caller, AccessAction.ReadWorklist, asked);
        Assert.Equal((reason, reason == AccessReason.RolePermits), (decision.Reason, decision.IsAllowed));
    }
}
