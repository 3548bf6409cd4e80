using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>Gathers what stands on a case's page. The disclosure is appended last, before anything is shown.</summary>
public sealed class CaseFiles(
    ReferralStore referrals, StudentDirectory directory, Enrollments enrollments, LedgerReader ledger, RegisterAge age, ObservationStore observations,
    Observers observers, StaffStore staff, DistrictSettingsStore settingsStore, RuleSets ruleSets, DisclosureLog disclosures, DistrictToday calendar)
{
    /// <summary>School years shown: that of the referral's days and those since, at most so many.</summary>
    private const int MostYears = 2;

    /// <summary>Forms so old still count as the pupil's own yardstick.</summary>
    private const int FormYears = 2;

    /// <summary>Actions that are followed by a look at attendance.</summary>
    private const int MostChanges = 3;

    /// <param name="reason">What the gate let the reader in for.</param>
    /// <returns>Null if the pupil has been erased.</returns>
    public async Task<CaseFile?> ReadAsync(
        Referral referral, PupilReferrals all, Caller caller, AccessReason reason, Authority authority, CancellationToken cancellationToken)
    {
        var student = referral.Student;
        if (await directory.IdentifyAsync(student, cancellationToken) is not { } identity) return null;
        var settings = (await settingsStore.ReadAsync(cancellationToken)).Settings;
        var rules = await ruleSets.OfAsync(settings, cancellationToken);
        var today = await calendar.DateAsync(cancellationToken);
        var profile = await enrollments.FindAsync(student, cancellationToken) ?? StudentProfile.Empty;
        var names = new StaffNames(staff);
        var mayRead = CasePrivacy.MayReadRestricted(caller, reason, referral);
        var days = await DaysAsync(student, profile, YearsOf(referral, today, settings.FirstMonth), today, cancellationToken);
        var history = await referrals.ReadHistoryAsync(referral, cancellationToken);

        var file = new CaseFile(
            referral, identity.DisplayName, profile,
            [.. referral.Evidence.Triggers.Select(t => CaseReason.Of(t, rules))], [.. referral.Evidence.Protective.Select(t => CaseReason.Of(t, rules))],
            days, await age.OfAsync(referral.School, today, settings, cancellationToken),
            await FormsAsync(student, profile, today, caller, mayRead, names, cancellationToken), await LinesAsync(history, caller, mayRead, names, cancellationToken),
            [.. all.All.Where(r => r.Id != referral.Id).OrderByDescending(r => r.Number)], ChangesOf(history, days),
            referral.IsOpen ? await staff.OfSchoolAsync(referral.School, Role.Counsellor, cancellationToken) : [],
            await names.OfAsync(referral.AssignedTo, cancellationToken),
            (await referrals.FindResultAsync(referral.School, student, cancellationToken))?.Result, today);
        await disclosures.ReadAsync(authority, AuditAction.ReadCase, student, referral.School, referral.Id.ToString(), cancellationToken);
        return file;
    }

    /// <summary>Lines of a history as the reader may see them.</summary>
    public Task<IReadOnlyList<CaseLine>> LinesAsync(
        IReadOnlyList<ReferralEntry> entries, Referral referral, Caller caller, AccessReason reason, CancellationToken cancellationToken) =>
        LinesAsync(entries, caller, CasePrivacy.MayReadRestricted(caller, reason, referral), new StaffNames(staff), cancellationToken);

    /// <summary>Whether a case of the school can be given to that person: an active counsellor of the school.</summary>
    public async Task<bool> CanTakeAsync(Actor to, SchoolId school, CancellationToken cancellationToken) =>
        (await staff.OfSchoolAsync(school, Role.Counsellor, cancellationToken)).Exists(member => member.Id.Value == to.Value);

    private static List<SchoolYear> YearsOf(Referral referral, DateOnly today, int firstMonth)
    {
        var last = SchoolYear.Containing(referral.ClosedOn ?? today, firstMonth);
        var first = SchoolYear.Containing(referral.OpenedOn, firstMonth);
        var count = Math.Clamp(last.EndYear - first.EndYear + 1, 1, MostYears);
        return [.. Enumerable.Range(last.EndYear - count + 1, count).Select(end => new SchoolYear(end, firstMonth))];
    }

    private async Task<IReadOnlyList<AttendanceDay>> DaysAsync(
        StudentKey student, StudentProfile profile, List<SchoolYear> years, DateOnly today, CancellationToken cancellationToken)
    {
        var days = new List<AttendanceDay>();
        foreach (var year in years)
        {
            var registers = new List<PupilRegister>();
            foreach (var school in profile.In(year).Select(e => e.School).Distinct())
                if (await ledger.FindBlockAsync(school, year, student, cancellationToken) is { } block
                    && await ledger.ReadAsync(school, year, today, [block], cancellationToken) is { } register
                    && PupilRegister.Find(register, student) is { } place)
                    registers.Add(place);
            days.AddRange(PupilCalendar.Days(profile, registers));
        }
        return days;
    }

    private async Task<IReadOnlyList<CaseForm>> FormsAsync(
        StudentKey student, StudentProfile profile, DateOnly today, Caller caller, bool mayRead, StaffNames names, CancellationToken cancellationToken)
    {
        var schools = profile.Enrollments.Select(e => e.School).Distinct().ToList();
        var forms = new List<CaseForm>();
        foreach (var (observation, note) in await observations.ReadFormsAsync(student, schools, today.AddYears(-FormYears), today, cancellationToken))
        {
            var observer = await observers.OfAsync(observation.Observer, cancellationToken);
            var isWithheld = note is not null && !mayRead && observer != caller.Id.Value;
            forms.Add(new CaseForm(observation, await names.OfAsync(new Actor(observer), cancellationToken), isWithheld ? null : note, isWithheld));
        }
        return forms;
    }

    private static async Task<IReadOnlyList<CaseLine>> LinesAsync(
        IReadOnlyList<ReferralEntry> history, Caller caller, bool mayRead, StaffNames names, CancellationToken cancellationToken)
    {
        var lines = new List<CaseLine>(history.Count);
        foreach (var entry in history)
        {
            var (shown, isWithheld) = CasePrivacy.Show(entry, mayRead, caller);
            var to = entry.Step is CaseStep.Assign assign ? await names.OfAsync(assign.To, cancellationToken) : null;
            lines.Add(new CaseLine(shown, await names.OfAsync(entry.By, cancellationToken), to, isWithheld));
        }
        return lines;
    }

    private static List<CaseChange> ChangesOf(IReadOnlyList<ReferralEntry> history, IReadOnlyList<AttendanceDay> days) =>
        (from entry in history
         where entry.Action is ReferralAction.LogContact or ReferralAction.Start
         let day = entry.Step is CaseStep.LogContact contact ? contact.On : entry.On
         orderby day descending, entry.Revision descending
         select new CaseChange(entry, AttendanceChange.Of(day, days))).Take(MostChanges).ToList();
}
