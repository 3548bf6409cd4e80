using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Tests.District;

public sealed class AccessPolicyTests
{
    private static readonly SchoolId Mine = SchoolId.Parse("mine");
    private static readonly SchoolId Theirs = SchoolId.Parse("theirs");

    /// <summary>A new action or role is decided here first.</summary>
    private static readonly Dictionary<Role, AccessAction[]> Permitted = new()
    {
        [Role.Teacher] = [AccessAction.SubmitObservation, AccessAction.ReadOwnObservations, AccessAction.RaiseConcern],
        [Role.Counsellor] = [AccessAction.ReadWorklist, AccessAction.ReadCase, AccessAction.WorkCase, AccessAction.RaiseConcern],
        [Role.SafeguardingLead] =
            [AccessAction.ReadConcerns, AccessAction.HandleConcern, AccessAction.RaiseConcern, AccessAction.ReadWorklist, AccessAction.ReadCase],
        [Role.Administrator] =
        [
            AccessAction.ReadFeedReports, AccessAction.HandleFailures, AccessAction.ReadSettings, AccessAction.ChangeSettings, AccessAction.ReadTrends,
            AccessAction.ReleaseReports,
            AccessAction.ReadAudit, AccessAction.SubjectAccess, AccessAction.NamePupils, AccessAction.HandleConcern,
        ],
        [Role.DataManager] = [AccessAction.SendFeed, AccessAction.ReadFeedReports, AccessAction.ReadRefusedRows, AccessAction.HandleFailures],
        [Role.FeedsSend] = [AccessAction.SendFeed, AccessAction.ReadFeedReports, AccessAction.ReadRefusedRows],
        [Role.ObservationsSubmit] = [AccessAction.SubmitObservation, AccessAction.RaiseConcern],
        [Role.ReportsRead] = [AccessAction.ReadTrends],
    };

    private static Caller With(params Role[] roles) => new(StaffId.Parse("x"), roles.ToHashSet(), new HashSet<SchoolId> { Mine });

    [Fact]
    public void Decide_EveryRoleAndAction_PermitsExactlyTheTable()
    {
        Assert.Equal(Enum.GetValues<Role>().Order(), Permitted.Keys.Order());
        foreach (var (role, permitted) in Permitted)
            foreach (var action in Enum.GetValues<AccessAction>())
                Assert.True(
                    AccessPolicy.Decide(With(role), action, new AccessSubject.OfOwn()).Reason == (permitted.Contains(action) ? AccessReason.RolePermits : AccessReason.RoleMissing),
                    $"{role} {action}");
    }

    [Fact]
    public void Decide_Nobody_IsNotSignedInForAnything() =>
        Assert.All(Enum.GetValues<AccessAction>(), action => Assert.Equal(AccessReason.NotSignedIn, AccessPolicy.Decide(Caller.Nobody, action, AccessSubject.Of(Mine)).Reason));

    [Theory]
    [InlineData("mine", AccessReason.RolePermits)]
    [InlineData("theirs", AccessReason.OtherSchool)]
    [InlineData(null, AccessReason.SchoolNotNamed)]
    public void Decide_RolesInSomeSchools_HoldThereOnly(string? school, AccessReason reason)
    {
        SchoolId? asked = school is null ? null : SchoolId.Parse(school);
        var decision = AccessPolicy.Decide(With(Role.Counsellor), AccessAction.ReadWorklist, AccessSubject.Of(asked));
        Assert.Equal((reason, reason == AccessReason.RolePermits), (decision.Reason, decision.IsAllowed));
    }

    [Theory]
    [InlineData(Role.Administrator, AccessAction.ReadAudit)]
    [InlineData(Role.DataManager, AccessAction.SendFeed)]
    [InlineData(Role.FeedsSend, AccessAction.SendFeed)]
    public void Decide_RolesOfTheDistrict_HoldInAllOfIt(Role role, AccessAction action)
    {
        Assert.True(Roles.IsDistrictWide(role));
        Assert.Equal(AccessReason.RolePermits, AccessPolicy.Decide(With(role), action, AccessSubject.Of(null)).Reason);
        Assert.Equal(AccessReason.RolePermits, AccessPolicy.Decide(With(role), action, AccessSubject.Of(Theirs)).Reason);
    }

    [Theory]
    [InlineData(Role.Teacher, AccessAction.SubmitObservation, "mine", true, false, AccessReason.OwnClass)]
    [InlineData(Role.Teacher, AccessAction.SubmitObservation, "theirs", true, false, AccessReason.OwnClass)]
    [InlineData(Role.Teacher, AccessAction.SubmitObservation, "mine", false, false, AccessReason.OtherPupil)]
    [InlineData(Role.Teacher, AccessAction.SubmitObservation, "mine", false, true, AccessReason.OtherPupil)]
    [InlineData(Role.Teacher, AccessAction.SubmitObservation, "theirs", false, false, AccessReason.OtherSchool)]
    [InlineData(Role.Teacher, AccessAction.RaiseConcern, "mine", false, false, AccessReason.OwnSchool)]
    [InlineData(Role.Teacher, AccessAction.ReadCase, "mine", true, true, AccessReason.RoleMissing)]
    [InlineData(Role.Counsellor, AccessAction.ReadCase, "mine", false, true, AccessReason.OwnCaseload)]
    [InlineData(Role.Counsellor, AccessAction.ReadCase, "theirs", false, true, AccessReason.OwnCaseload)]
    [InlineData(Role.Counsellor, AccessAction.ReadCase, "mine", false, false, AccessReason.OwnSchool)]
    [InlineData(Role.Counsellor, AccessAction.ReadCase, "theirs", true, false, AccessReason.OtherSchool)]
    [InlineData(Role.SafeguardingLead, AccessAction.ReadConcerns, "mine", false, false, AccessReason.OwnSchool)]
    [InlineData(Role.SafeguardingLead, AccessAction.ReadConcerns, "theirs", false, true, AccessReason.OwnCaseload)]
    [InlineData(Role.SafeguardingLead, AccessAction.ReadCase, "mine", false, false, AccessReason.OwnSchool)]
    [InlineData(Role.SafeguardingLead, AccessAction.WorkCase, "mine", false, false, AccessReason.RoleMissing)]
    [InlineData(Role.Administrator, AccessAction.ReadCase, "mine", true, true, AccessReason.RoleMissing)]
    [InlineData(Role.Administrator, AccessAction.SubjectAccess, "theirs", false, false, AccessReason.RolePermits)]
    public void Decide_OfAPupil_IsByRelation(Role role, AccessAction action, string school, bool inClass, bool inCaseload, AccessReason reason) =>
        Assert.Equal(reason, AccessPolicy.Decide(
            With(role), action, new AccessSubject.OfPupil(SchoolId.Parse(school), new PupilRelation(inClass, inCaseload))).Reason);

    [Fact]
    public void Decide_TeacherOfAWholeSchool_IsAskedForAPupil() =>
        Assert.Equal(AccessReason.PupilNotNamed, AccessPolicy.Decide(With(Role.Teacher), AccessAction.SubmitObservation, AccessSubject.Of(Mine)).Reason);

    [Fact]
    public void Decide_SeveralRoles_TakesTheNearestThatAllows()
    {
        var both = With(Role.Teacher, Role.Counsellor, Role.Administrator);
        Assert.Equal(AccessReason.OwnClass, AccessPolicy.Decide(both, AccessAction.SubmitObservation, new AccessSubject.OfPupil(Mine, new PupilRelation(true, true))).Reason);
        Assert.Equal(AccessReason.OwnCaseload, AccessPolicy.Decide(both, AccessAction.WorkCase, new AccessSubject.OfPupil(Mine, new PupilRelation(true, true))).Reason);
        Assert.Equal(AccessReason.RolePermits, AccessPolicy.Decide(both, AccessAction.ReadSettings, AccessSubject.Of(null)).Reason);
    }

    [Fact]
    public void Names_OfRoles_AreReadBack()
    {
        foreach (var role in Enum.GetValues<Role>())
            Assert.True(Roles.TryParse(Roles.NameOf(role), out var read) && read == role);
        Assert.False(Roles.TryParse("administrator", out _));
        Assert.False(Roles.TryParse("0", out _));
    }
}
