using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Students;

/// <summary>A referral with every line of its history, oldest first.</summary>
public sealed record ReferralRecord(Referral Referral, IReadOnlyList<ReferralEntry> History);

/// <summary>A notification about the pupil. It said "a referral needs you", never what of.</summary>
/// <param name="Roles">Of whom it went to, as they are today; empty for a contact who is not of the staff.</param>
public sealed record ToldRecord(Notification Notification, IReadOnlySet<Role> Roles);

/// <summary>Everything held on one pupil.</summary>
/// <param name="Attendance">By school year and school; schools whose roll the pupil has left are among them.</param>
/// <param name="Results">The latest screening result each school has stored: of Watch and above, or while a referral is open.</param>
/// <param name="Told">What was sent about the pupil's referrals and concerns, in the order it was planned.</param>
/// <param name="Audit">Who was shown the record, and who changed it, oldest first; this very request is the last.</param>
public sealed record SubjectRecord(
    StudentIdentity Identity, bool IsOptedOut, StudentProfile Profile, IReadOnlyList<PupilYear> Attendance,
    IReadOnlyList<StoredObservation> Observations, IReadOnlyList<SafeguardingConcern> Concerns,
    IReadOnlyList<ScreeningResult> Results, IReadOnlyList<ReferralRecord> Referrals, IReadOnlyList<ToldRecord> Told,
    IReadOnlyList<AuditEntry> Audit);

/// <summary>Gathers everything held on a pupil, for a subject access request. Rare, so it looks into every school's year
/// rather than trust that a corrected roster still names each place the pupil ever was.</summary>
public sealed class SubjectAccess(
    StudentDirectory directory, Enrollments enrollments, SchoolRegistry registry, DistrictSettingsStore settingsStore, PupilMarks marks,
    ObservationStore observations, ReferralStore referrals, PupilPartitions partitions, NotificationLog notifications, StaffStore staff,
    DisclosureLog log, Disclosures disclosures)
{
    /// <summary>Null if the directory does not know the id. That it was asked for is audited before anything is gathered.</summary>
    public async Task<SubjectRecord?> ReadAsync(Authority authority, StudentUniqueId student, CancellationToken cancellationToken) =>
        await directory.FindAsync(student, cancellationToken) is { } key ? await ReadAsync(authority, key, cancellationToken) : null;

    /// <summary>Null if the directory does not know the key, or no longer.</summary>
    public async Task<SubjectRecord?> ReadAsync(Authority authority, StudentKey key, CancellationToken cancellationToken)
    {
        if (await directory.IdentifyAsync(key, cancellationToken) is not { } identity) return null;
        await log.ReadAsync(authority, AuditAction.ExportRecord, key, null, null, cancellationToken);
        var settings = (await settingsStore.ReadAsync(cancellationToken)).Settings;
        var profile = await enrollments.FindAsync(key, cancellationToken) ?? StudentProfile.Empty;
        var schools = new SortedSet<SchoolId>(profile.Enrollments.Select(e => e.School));
        var attendance = new List<PupilYear>();
        foreach (var endYear in await registry.YearsAsync(cancellationToken))
        {
            var year = new SchoolYear(endYear, settings.FirstMonth);
            foreach (var school in await registry.InYearAsync(year, cancellationToken))
            {
                if (await marks.ReadAsync(school, year, key, cancellationToken) is not { } held) continue;
                schools.Add(school);
                if (held.Marks.Count + held.Sections.Count > 0) attendance.Add(held);
            }
        }
        var (forms, concerns) = await observations.ReadPupilAsync(key, cancellationToken);
        var referred = (await referrals.ReadPupilAsync(key, cancellationToken)).All;
        schools.UnionWith(referred.Select(r => r.School));
        var results = new List<ScreeningResult>();
        foreach (var school in schools)
            if (await referrals.FindResultAsync(school, key, cancellationToken) is { } stored) results.Add(stored.Result);
        var records = new List<ReferralRecord>();
        foreach (var referral in referred) records.Add(new ReferralRecord(referral, await referrals.ReadHistoryAsync(referral, cancellationToken)));
        var told = await ToldAsync(key, referred, concerns, cancellationToken);
        var audit = await disclosures.OfPupilAsync(key, schools, null, null, cancellationToken);
        return new SubjectRecord(identity, settings.OptOuts.Contains(key), profile, attendance, forms, concerns, results, records, told, audit);
    }

    private async Task<IReadOnlyList<ToldRecord>> ToldAsync(
        StudentKey key, IReadOnlyList<Referral> referred, IReadOnlyList<SafeguardingConcern> concerns, CancellationToken cancellationToken)
    {
        var place = new NotificationPlace(TableName.Pupils, partitions.Of(key));
        var told = new List<ToldRecord>();
        foreach (var subject in (NotificationSubject[])
            [.. referred.Select(referral => NotificationSubject.Referral(referral.Id.ToString())), .. concerns.Select(concern => NotificationSubject.Concern(concern.Id.ToString("N")))])
            foreach (var (_, notification, _) in await notifications.OfAsync(place, subject, cancellationToken))
                told.Add(new ToldRecord(notification, await RolesOfAsync(notification.Recipient, cancellationToken)));
        return [.. told.OrderBy(record => record.Notification.PlannedAt)];
    }

    private async Task<IReadOnlySet<Role>> RolesOfAsync(string recipient, CancellationToken cancellationToken) =>
        StaffId.TryParse(recipient, out var id) && await staff.FindAsync(id, cancellationToken) is { } stored ? stored.Member.Roles : new HashSet<Role>();
}
