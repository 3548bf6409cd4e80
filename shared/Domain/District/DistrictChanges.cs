using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>What became of a pupil's opt-out.</summary>
public enum OptOutOutcome
{
    Set,
    Withdrawn,
    /// <summary>It was as asked for before.</summary>
    Unchanged,
    /// <summary>Kept by id until a roster brings the pupil.</summary>
    SetForLater,
    /// <summary>The district has as many as it can hold.</summary>
    TooMany,
}

/// <summary>Changes an administrator makes to the district's settings, each with its entry in the audit in one commit.</summary>
public sealed class DistrictChanges(
    DistrictSettingsStore settings, NotificationSettingsStore notifications, SafeguardingContactStore contacts, StaffStore staff,
    StudentDirectory directory, Outbox outbox, DistrictId district, TimeProvider time)
{
    /// <param name="basis">Null takes it back: nobody is screened from then on.</param>
    public Task SetLegalBasisAsync(LegalBasis? basis, Authority authority, CancellationToken cancellationToken) =>
        ChangeAsync(before => before with { LegalBasis = basis }, authority, cancellationToken);

    public Task SetProfileAsync(DistrictProfile profile, Authority authority, CancellationToken cancellationToken) =>
        ChangeAsync(before => before with { Profile = profile }, authority, cancellationToken);

    /// <param name="months">Whole months for which the audit is kept; null keeps it for good.</param>
    public Task SetAuditMonthsAsync(int? months, Authority authority, CancellationToken cancellationToken) =>
        ChangeAsync(before => before with { AuditMonths = months }, authority, cancellationToken);

    /// <param name="routine">New routine referrals a counsellor takes in a week; null is no cap.</param>
    /// <param name="counsellors">Of schools that have not exactly one, 0 to <see cref="DistrictCapacity.MaxCounsellors"/>.</param>
    /// <param name="staleAfter">School days without attendance after which its rules rest.</param>
    public Task SetCapacityAsync(
        int? routine, IReadOnlyDictionary<SchoolId, int> counsellors, int staleAfter, Authority authority, CancellationToken cancellationToken) => ChangeAsync(
        before => before with
        {
            Capacity = new DistrictCapacity(routine, counsellors),
            Thresholds = before.Thresholds with { StaleFeedSchoolDays = staleAfter },
        },
        authority, cancellationToken);

    /// <summary>After how many school days without an acknowledgement a referral goes to the next person, 1 to 20.</summary>
    public Task SetEscalationAsync(int schoolDays, Authority authority, CancellationToken cancellationToken) =>
        ChangeNotificationsAsync(before => before with { EscalateAfterSchoolDays = schoolDays }, authority, cancellationToken);

    /// <summary>When and by which ways routine notifications go out. Urgent ones ask none of it.</summary>
    /// <param name="change">Gives what it is given where nothing changes: then there is no entry.</param>
    public async Task ChangeNotificationsAsync(
        Func<NotificationSettings, NotificationSettings> change, Authority authority, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            var (decided, version) = await notifications.ReadAsync(cancellationToken);
            var after = change(decided);
            if (after == decided) return;
            if (await notifications.SaveAsync(after, version, cancellationToken, Row(authority, AuditAction.ChangeSettings))) break;
        }
        await RelayAsync(cancellationToken);
    }

    /// <param name="contact">The district's; kept as it is where a school is named.</param>
    /// <param name="school">Null sets the district's contact and what holds in schools that set nothing of their own.</param>
    public async Task SetSafeguardingAsync(
        SchoolId? school, SafeguardingContact? contact, SchoolSafeguarding own, Authority authority, CancellationToken cancellationToken)
    {
        var entry = Row(authority, AuditAction.ChangeSettings, school);
        if (school is { } one) await contacts.SetSchoolAsync(one, own, cancellationToken, entry);
        else await contacts.SetDistrictAsync(contact, own, cancellationToken, entry);
        await RelayAsync(cancellationToken);
    }

    /// <param name="expected">The version that was edited; null for somebody new.</param>
    /// <param name="about">A pupil the change is about, such as one named for a caseload.</param>
    public async Task<StaffSaved> SaveStaffAsync(
        StaffMember member, ETag? expected, Authority authority, CancellationToken cancellationToken, StudentKey? about = null)
    {
        ArgumentNullException.ThrowIfNull(member);
        var entry = AuditEntry.OfDistrict(authority, AuditAction.ChangeStaff, time.GetUtcNow()) with { Reference = member.Id.Value };
        if (about is { } student) entry = entry with { Students = [student] };
        var saved = await staff.SaveAsync(member, expected, cancellationToken, AuditTrail.Row(entry));
        await RelayAsync(cancellationToken);
        return saved;
    }

    /// <summary>A family says no to screening, or takes that back.</summary>
    public async Task<OptOutOutcome> SetOptOutAsync(StudentUniqueId id, bool isOptedOut, Authority authority, CancellationToken cancellationToken)
    {
        var student = await directory.FindAsync(id, cancellationToken);
        while (true)
        {
            var stored = await settings.ReadAsync(cancellationToken);
            var before = stored.Settings;
            var waits = before.UnresolvedOptOuts.Contains(id);
            var isNow = waits || (student is { } known && before.OptOuts.Contains(known));
            if (isNow == isOptedOut) return OptOutOutcome.Unchanged;
            if (isOptedOut && before.OptOuts.Count + before.UnresolvedOptOuts.Count >= DistrictConfigFile.MaxOptOuts) return OptOutOutcome.TooMany;

            var after = before with
            {
                UnresolvedOptOuts = isOptedOut && student is null ? [.. before.UnresolvedOptOuts, id] : [.. before.UnresolvedOptOuts.Where(other => other != id)],
                OptOuts = student is not { } pupil ? before.OptOuts
                    : isOptedOut ? new HashSet<StudentKey>(before.OptOuts) { pupil }
                    : before.OptOuts.Where(other => other != pupil).ToHashSet(),
            };
            if (await settings.SaveAsync(after, stored.Version, EntriesOf(authority, before, after), cancellationToken) is null) continue;
            await RelayAsync(cancellationToken);
            return !isOptedOut ? OptOutOutcome.Withdrawn : student is null ? OptOutOutcome.SetForLater : OptOutOutcome.Set;
        }
    }

    private async Task ChangeAsync(Func<DistrictSettings, DistrictSettings> change, Authority authority, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await settings.ReadAsync(cancellationToken);
            var after = change(stored.Settings);
            if (await settings.SaveAsync(after, stored.Version, EntriesOf(authority, stored.Settings, after), cancellationToken) is not null) break;
        }
        await RelayAsync(cancellationToken);
    }

    private RowChange[] EntriesOf(Authority authority, DistrictSettings before, DistrictSettings after) =>
        [.. SettingsChanges.EntriesOf(authority, before, after, time.GetUtcNow()).Select(AuditTrail.Row)];

    private RowChange Row(Authority authority, AuditAction action, SchoolId? school = null) =>
        AuditTrail.Row(AuditEntry.OfDistrict(authority, action, time.GetUtcNow()) with { School = school });

    private async Task RelayAsync(CancellationToken cancellationToken) =>
        await outbox.RelayAsync(TableName.District, PartitionKey.Of(district.Value), cancellationToken);
}
