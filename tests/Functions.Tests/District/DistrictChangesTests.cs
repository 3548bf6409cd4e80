using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>What an administrator changes, and the entry each change leaves in the audit.</summary>
public sealed class DistrictChangesTests : IAsyncDisposable
{
    private static readonly Authority Ada = new(AuditActor.Staff("ada"), [Role.Administrator], AccessReason.RolePermits);
    private static readonly SchoolId School = SchoolId.Parse("s1");

    private static readonly DateOnly Today = new(2026, 1, 15);

    private readonly LocalApp app = new(Today);

    private DistrictChanges Changes => app.Get<DistrictChanges>();

    [Fact]
    public async Task OptOut_OfAKnownPupil_SetAndWithdrawn_NamesThePupilInTheAudit()
    {
        await app.SendAsync("studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName\np1,s1,7,2025-09-01,,Given,Family\n", new FeedRequest(FeedContent.Roster));
        var pupil = (await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("p1"), default))!.Value;

        Assert.Equal(OptOutOutcome.Set, await OptOutAsync("p1", true));
        Assert.True((await SettingsAsync()).IsOptedOut(pupil));
        Assert.Equal(OptOutOutcome.Unchanged, await OptOutAsync("p1", true));
        Assert.Equal(OptOutOutcome.Withdrawn, await OptOutAsync("p1", false));
        Assert.False((await SettingsAsync()).IsOptedOut(pupil));
        Assert.Equal(OptOutOutcome.Unchanged, await OptOutAsync("p1", false));

        var entries = await EntriesAsync(AuditAction.ChangeOptOuts);
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal([pupil], entry.Students));
    }

    [Fact]
    public async Task OptOut_OfAPupilTheRosterBringsLater_HoldsFromThen()
    {
        Assert.Equal(OptOutOutcome.SetForLater, await OptOutAsync("p1", true));
        Assert.Equal(OptOutOutcome.Unchanged, await OptOutAsync("p1", true));
        await app.SendAsync("studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName\np1,s1,7,2025-09-01,,Given,Family\n", new FeedRequest(FeedContent.Roster));
        Assert.Single((await SettingsAsync()).OptOuts);
        Assert.Equal(OptOutOutcome.Withdrawn, await OptOutAsync("p1", false));
        Assert.Empty((await SettingsAsync()).OptOuts);
    }

    [Fact]
    public async Task OptOuts_ManyAtOnce_LoseNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => OptOutAsync($"p{i}", true))));
        Assert.Equal(12, (await SettingsAsync()).UnresolvedOptOuts.Count);
        Assert.Equal(12, (await EntriesAsync(AuditAction.ChangeOptOuts)).Count);
    }

    [Fact]
    public async Task Settings_OfEveryKind_LeaveOneEntryEach()
    {
        await Changes.SetLegalBasisAsync(new LegalBasis(LegalBasisKind.PublicTask, "assessment 7"), Ada, default);
        await Changes.SetProfileAsync(new DistrictProfile("North", "ja", "Asia/Tokyo"), Ada, default);
        await Changes.SetCapacityAsync(5, new Dictionary<SchoolId, int> { [School] = 2 }, 4, Ada, default);
        await Changes.SetEscalationAsync(2, Ada, default);
        await Changes.SetEscalationAsync(2, Ada, default);
        await Changes.SetSafeguardingAsync(School, null, new SchoolSafeguarding(new SafeguardingContact("Ms Green", "1"), null, null, null), Ada, default);
        await Changes.SaveStaffAsync(new StaffMember(StaffId.Parse("t1"), "t1", "T", new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { School }), null, Ada, default);

        var settings = await SettingsAsync();
        Assert.Equal((LegalBasisKind.PublicTask, "North", 5, 4),
            (settings.LegalBasis!.Kind, settings.Profile.Name, settings.Capacity.RoutinePerCounsellorAndWeek, settings.Thresholds.StaleFeedSchoolDays));
        Assert.Equal(10, settings.Capacity.WeeklyCapOf(School));
        Assert.Equal("Ms Green", (await app.Get<SafeguardingContactStore>().ReadAsync(School, default)).School.Lead!.Name);
        Assert.Single(await EntriesAsync(AuditAction.ChangeLegalBasis));
        Assert.Equal(4, (await EntriesAsync(AuditAction.ChangeSettings)).Count);
        Assert.Equal("t1", Assert.Single(await EntriesAsync(AuditAction.ChangeStaff)).Reference);
    }

    /// <summary>A row edited by two: the second neither wins nor leaves an entry.</summary>
    [Fact]
    public async Task Staff_SavedOnAnOldVersion_IsRefusedWithoutAnEntry()
    {
        var member = new StaffMember(StaffId.Parse("t1"), "t1", "T", new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { School });
        await Changes.SaveStaffAsync(member, null, Ada, default);
        var version = (await app.Get<StaffStore>().FindAsync(member.Id, default))!.Version;
        Assert.IsType<StaffSaved.Saved>(await Changes.SaveStaffAsync(member with { DisplayName = "U" }, version, Ada, default));
        Assert.IsType<StaffSaved.Changed>(await Changes.SaveStaffAsync(member with { DisplayName = "V" }, version, Ada, default));
        Assert.Equal("U", (await app.Get<StaffStore>().FindAsync(member.Id, default))!.Member.DisplayName);
        Assert.Equal(2, (await EntriesAsync(AuditAction.ChangeStaff)).Count);
    }

    [Fact]
    public async Task Overview_OfAFreshDistrict_SaysWhatIsMissingAndThatAllIsWellLater()
    {
        await app.SendAsync("date,schoolId,instructional,reason\n2026-01-14,s1,true,\n2026-01-15,s1,true,\n", new FeedRequest(FeedContent.Calendar));
        await app.SendAsync("studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName\np1,s1,7,2025-09-01,,Given,Family\n", new FeedRequest(FeedContent.Roster));
        var before = await app.Get<DistrictOverviews>().ReadAsync(default);
        Assert.Equal((false, false, false), (before.HasLegalBasis, before.HasSafeguardingContact, before.IsAllWell));
        Assert.Equal([School], before.WithoutLead);
        Assert.Equal([School], before.Stale);

        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-01-15,s1,p1,P\n", new FeedRequest(FeedContent.Attendance, "us-daily", FeedKind.Register));
        await Changes.SetLegalBasisAsync(new LegalBasis(LegalBasisKind.Demonstration, "made up"), Ada, default);
        await Changes.SetSafeguardingAsync(null, new SafeguardingContact("Office", "1"), new SchoolSafeguarding(null, null, null, null), Ada, default);
        await Changes.SaveStaffAsync(
            new StaffMember(StaffId.Parse("l"), "l", "L", new HashSet<Role> { Role.SafeguardingLead }, new HashSet<SchoolId> { School }), null, Ada, default);
        Assert.True((await app.Get<DistrictOverviews>().ReadAsync(default)).IsAllWell);
    }

    private Task<OptOutOutcome> OptOutAsync(string id, bool isOptedOut) => Changes.SetOptOutAsync(StudentUniqueId.Parse(id), isOptedOut, Ada, default);

    private async Task<DistrictSettings> SettingsAsync() => (await app.Get<DistrictSettingsStore>().ReadAsync(default)).Settings;

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync(AuditAction action)
    {
        await app.WorkAsync();
        return (await app.Get<AuditSearch>().FindAsync(Authority.CommandLine, new AuditQuery(Today, Today) { Action = action }, default)).Entries;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
