using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals.Worklists;

/// <summary>The worklist of a member of staff: the open referrals of the person's schools and caseload, named, with what is
/// due and what is new. Names are looked up for the rows of the page alone, and the disclosure stands before it is shown.</summary>
public sealed class CounsellorWorklist(
    Worklist worklist, WorklistVisits visits, ReferralStore referrals, SchoolRegistry registry, Enrollments enrollments, StudentDirectory directory,
    StaffStore staff, UrgentConcerns concerns, DistrictSettingsStore settingsStore, DisclosureLog disclosures, DistrictToday calendar)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 200;

    /// <param name="page">From 1; one beyond the last shows the last.</param>
    public async Task<WorklistView> ReadAsync(Caller caller, Authority authority, WorklistFilter filter, int page, CancellationToken cancellationToken)
    {
        var today = await calendar.DateAsync(cancellationToken);
        var schools = await SchoolsAsync(caller, cancellationToken);
        var visit = await visits.LookAsync(caller.Id, cancellationToken);
        var open = await ReadAsync(caller, schools, cancellationToken);
        var mine = await MineAsync(caller, open, cancellationToken);
        var items = WorklistLayout.Arrange(open, filter, referral => mine.Contains(referral.Id), visit, today);
        var pages = Math.Max(1, (items.Count + PageSize - 1) / PageSize);
        var at = Math.Clamp(page, 1, pages);
        var rows = await NameAsync([.. items.Skip((at - 1) * PageSize).Take(PageSize)], cancellationToken);
        var (urgent, shown) = await ConcernsAsync(caller, schools, cancellationToken);
        await disclosures.ReadListAsync(
            authority, AuditAction.ReadWorklist, [.. rows.Select(r => (r.Item.Referral.Student, r.Item.Referral.School)), .. shown], cancellationToken);
        return new WorklistView(urgent, rows, filter, schools, visit, today, items.Count, at, pages, items.Count(i => i.IsNew));
    }

    /// <summary>The urgent concerns of a safeguarding lead's schools, newest first; nobody else sees any.</summary>
    private async Task<(List<ConcernRow> Rows, List<(StudentKey, SchoolId)> Shown)> ConcernsAsync(
        Caller caller, List<SchoolId> schools, CancellationToken cancellationToken)
    {
        if (!caller.Has(Role.SafeguardingLead)) return ([], []);
        var found = new List<UrgentConcern>();
        foreach (var school in schools) found.AddRange(await concerns.ReadAsync(school, cancellationToken));
        var pupils = await directory.IdentifyAsync([.. found.Select(c => c.Student)], cancellationToken);
        var rows = found.Where(c => pupils.ContainsKey(c.Student)).OrderByDescending(c => c.ReceivedAt)
            .Select(c => new ConcernRow(c.Id, pupils[c.Student].DisplayName, c.School, c.Date, c.ReceivedAt)).ToList();
        return (rows, [.. found.Select(c => (c.Student, c.School!.Value))]);
    }

    private async Task<List<SchoolId>> SchoolsAsync(Caller caller, CancellationToken cancellationToken)
    {
        var schools = new SortedSet<SchoolId>(caller.Schools ?? new HashSet<SchoolId>());
        if (caller.Has(Role.Counsellor)) schools.UnionWith(caller.Caseload.Grades.Select(g => g.School));
        if (caller.Schools is not null) return [.. schools];
        var firstMonth = (await settingsStore.ReadAsync(cancellationToken)).Settings.FirstMonth;
        foreach (var year in await registry.YearsAsync(cancellationToken))
            schools.UnionWith(await registry.InYearAsync(new SchoolYear(year, firstMonth), cancellationToken));
        return [.. schools];
    }

    /// <summary>The schools' open referrals; and those of the caseload's pupils, wherever they are.</summary>
    private async Task<List<Referral>> ReadAsync(Caller caller, List<SchoolId> schools, CancellationToken cancellationToken)
    {
        var page = await worklist.ReadAsync(schools, cancellationToken);
        List<Referral> open = [.. page.Listed, .. page.Waiting];
        if (!caller.Has(Role.Counsellor)) return open;
        var listed = open.Select(r => r.Student).ToHashSet();
        foreach (var student in caller.Caseload.Pupils.Where(s => !listed.Contains(s)))
            if ((await referrals.ReadPupilAsync(student, cancellationToken)).Open is { } elsewhere) open.Add(elsewhere);
        return open;
    }

    /// <summary>One's own: assigned to one, or nobody's yet and of one's caseload.</summary>
    private async Task<HashSet<ReferralId>> MineAsync(Caller caller, List<Referral> open, CancellationToken cancellationToken)
    {
        var mine = new HashSet<ReferralId>();
        foreach (var referral in open)
            if (referral.AssignedTo is { } assigned ? assigned.Value == caller.Id.Value : await IsInCaseloadAsync(caller, referral, cancellationToken))
                mine.Add(referral.Id);
        return mine;
    }

    private async ValueTask<bool> IsInCaseloadAsync(Caller caller, Referral referral, CancellationToken cancellationToken)
    {
        if (!caller.Has(Role.Counsellor)) return false;
        if (caller.Caseload.Holds(referral.Student, referral.School, null, caller.Schools)) return true;
        // The grade is asked for only where the caseload goes by grades.
        if (!caller.Caseload.Grades.Any(g => g.School == referral.School && g.Grades.Count > 0)) return false;
        var profile = await enrollments.FindAsync(referral.Student, cancellationToken);
        var grade = profile?.Enrollments.LastOrDefault(e => e.School == referral.School)?.Grade;
        return caller.Caseload.Holds(referral.Student, referral.School, grade, caller.Schools);
    }

    /// <summary>Without a pupil who has been erased since.</summary>
    private async Task<List<WorklistRow>> NameAsync(List<WorklistItem> items, CancellationToken cancellationToken)
    {
        var pupils = await directory.IdentifyAsync([.. items.Select(i => i.Referral.Student)], cancellationToken);
        var names = new StaffNames(staff);
        var rows = new List<WorklistRow>(items.Count);
        foreach (var item in items)
            if (pupils.TryGetValue(item.Referral.Student, out var pupil))
                rows.Add(new WorklistRow(item, pupil.DisplayName, await names.OfAsync(item.Referral.AssignedTo, cancellationToken)));
        return rows;
    }
}
