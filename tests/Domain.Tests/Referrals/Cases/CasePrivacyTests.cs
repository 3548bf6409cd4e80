using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Cases;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals.Cases;

public sealed class CasePrivacyTests
{
    private static Caller Caller(string id, Role role, SchoolId? school) =>
        new(StaffId.Parse(id), new HashSet<Role> { role }, school is { } one ? new HashSet<SchoolId> { one } : null);

    [Fact]
    public void MayReadRestricted_ThoseOfTheCaseAndTheLead_AndNobodyElse()
    {
        var referral = OpenedOn(10) with { AssignedTo = Counsellor };
        Assert.True(CasePrivacy.MayReadRestricted(Caller("staff-7", Role.Counsellor, Riverside), AccessReason.OwnSchool, referral));
        Assert.True(CasePrivacy.MayReadRestricted(Caller("staff-8", Role.Counsellor, Oakfield), AccessReason.OwnCaseload, referral));
        Assert.True(CasePrivacy.MayReadRestricted(Caller("staff-9", Role.SafeguardingLead, Oakfield), AccessReason.OwnSchool, referral));
        Assert.False(CasePrivacy.MayReadRestricted(Caller("staff-8", Role.Counsellor, Oakfield), AccessReason.OwnSchool, referral));
        Assert.False(CasePrivacy.MayReadRestricted(Caller("staff-9", Role.SafeguardingLead, Riverside), AccessReason.OwnSchool, referral));
    }

    [Theory]
    [InlineData(true, false, "staff-8", true)]
    [InlineData(true, true, "staff-8", false)]
    [InlineData(true, false, "staff-7", false)]
    [InlineData(false, false, "staff-8", false)]
    public void Show_Note_WithholdsOnlyRestrictedWordsOfOthers(bool isRestricted, bool mayRead, string reader, bool isWithheld)
    {
        var taken = (ReferralActionResult.Done)ReferralActions.Take(
            OpenedOn(10) with { State = ReferralState.Acknowledged }, new CaseStep.AddNote(Text("Asked her form tutor."), isRestricted), Counsellor, March(12), Now);
        var (shown, withheld) = CasePrivacy.Show(taken.Change.Entry, mayRead, Caller(reader, Role.Counsellor, Oakfield));
        Assert.Equal((isWithheld, isWithheld), (withheld, shown.Step is null));
    }

    [Fact]
    public void Show_StepWithoutWords_IsShown()
    {
        var taken = (ReferralActionResult.Done)ReferralActions.Take(
            OpenedOn(10) with { State = ReferralState.Acknowledged }, new CaseStep.Close(Verdict.Supported, null), Counsellor, March(12), Now);
        Assert.False(CasePrivacy.Show(taken.Change.Entry, false, Caller("staff-8", Role.Counsellor, Oakfield)).IsWithheld);
    }
}
