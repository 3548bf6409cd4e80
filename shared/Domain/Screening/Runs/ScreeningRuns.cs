using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening.Runs;

/// <summary>Screens pupils over the store and lets the results open, update or retract referrals.</summary>
public sealed class ScreeningRuns(
    SchoolReading reading, RuleSets ruleSets, DistrictSettingsStore settingsStore, ReferralStore referrals, Enrollments enrollments,
    ObservationStore observations, WorklistProjection projection, WeeklyCap cap, TriggerFeeds feeds, AuditTrail trail, TimeProvider time)
{
    /// <summary>Screens a whole school.</summary>
    /// <param name="save">Whether results and referrals are kept; a look at an earlier day keeps nothing.</param>
    public async Task<SchoolScreening> ScreenSchoolAsync(SchoolId school, SchoolYear year, DateOnly asOf, bool save, CancellationToken cancellationToken)
    {
        var settings = (await settingsStore.ReadAsync(cancellationToken)).Settings;
        var formsBefore = save ? await FormVersionsAsync(school, null, asOf, cancellationToken) : null;
        if (await reading.ReadAsync(school, year, asOf, settings, cancellationToken) is not { } read)
            return SchoolScreening.Empty(school, year, asOf);

        var rules = await ruleSets.OfAsync(settings, cancellationToken);
        var report = new ScreeningReport(new Screener(rules));
        var results = await feeds.NameAsync(read, [.. report.ScreenSchool(read.Baseline, read.Inputs)], rules, cancellationToken);
        if (formsBefore is not null)
        {
            await SaveAsync(read, results, report, settings, cancellationToken);
            await ScreenNewFormsAsync(school, asOf, formsBefore, settings, cancellationToken);
            await trail.AppendAsync(
                AuditEntry.OfRun(Authority.System("screening"), AuditAction.ScreenSchool, Guid.NewGuid().ToString("N"), school, time.GetUtcNow(), results.Count),
                cancellationToken);
        }
        return new SchoolScreening(school, year, asOf, results);
    }

    /// <summary>Screens a pupil on a form's coming, correction or withdrawal, and again for as long as another one changed
    /// meanwhile: of two at once, whoever writes last has seen every form.</summary>
    public async Task ScreenOnFormAsync(StudentKey student, SchoolId school, DateOnly asOf, DistrictSettings settings, CancellationToken cancellationToken)
    {
        var before = await FormVersionsAsync(school, student, asOf, cancellationToken);
        while (true)
        {
            await ScreenPupilAsync(student, asOf, save: true, settings, cancellationToken);
            var after = await FormVersionsAsync(school, student, asOf, cancellationToken);
            if (before.GetValueOrDefault(student) == after.GetValueOrDefault(student)) return;
            before = after;
        }
    }

    /// <summary>Screens one pupil, as a form or a correction asks for.</summary>
    public async Task<ScreeningResult?> ScreenPupilAsync(
        StudentKey student, DateOnly asOf, bool save, DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (await FindAsync(student, asOf, settings, cancellationToken) is not ({ } read, { } place)) return null;
        var rules = await ruleSets.OfAsync(settings, cancellationToken);
        var report = new ScreeningReport(new Screener(rules));
        var result = (await feeds.NameAsync(read, [report.Screen(place, read.Inputs)], rules, cancellationToken))[0];
        if (save) await SaveAsync(result, day => AsOf(read, student, day, report), settings, cancellationToken);
        return result;
    }

    /// <summary>Every indicator and rule of one pupil, or null if the pupil is on no roll that day.</summary>
    public async Task<Explanation?> ExplainAsync(StudentKey student, DateOnly asOf, CancellationToken cancellationToken)
    {
        var settings = (await settingsStore.ReadAsync(cancellationToken)).Settings;
        return await FindAsync(student, asOf, settings, cancellationToken) is ({ } read, { } place)
            ? new ScreeningReport(new Screener(await ruleSets.OfAsync(settings, cancellationToken))).Explain(place, read.Inputs)
            : null;
    }

    /// <summary>Every pupil's indicator values of a school, in catalogue order; undefined ones are null.</summary>
    public async Task<IReadOnlyList<(StudentKey Student, double?[] Values)>> IndicatorsAsync(
        SchoolId school, SchoolYear year, DateOnly asOf, CancellationToken cancellationToken)
    {
        var settings = (await settingsStore.ReadAsync(cancellationToken)).Settings;
        var rows = new List<(StudentKey, double?[])>();
        if (await reading.ReadAsync(school, year, asOf, settings, cancellationToken) is not { } read) return rows;
        var screener = new Screener(await ruleSets.OfAsync(settings, cancellationToken));
        // Indicators describe; only rules judge. They need no legal basis to be looked at by whoever may see the register.
        var inputs = read.Inputs with { HasLegalBasis = true };
        var outcomes = new PupilOutcome[Attendance.RegisterBlock.Width];
        var values = new IndicatorBlock();
        foreach (var block in read.Baseline.Register.Blocks)
        {
            screener.ScreenBlock(read.Baseline, block, inputs, outcomes, values);
            for (var slot = 0; slot < block.Slots.Count; slot++)
            {
                if (outcomes[slot] is not { Kind: PlaceKind.OnRoll, NotScreenedBecause: not NotScreenedReason.OptedOut }) continue;
                var of = values.Of(slot);
                rows.Add((block.Slots[slot]!.Student, [.. IndicatorCatalogue.All.Select(d => of[d.Indicator].ToDouble())]));
            }
        }
        return rows;
    }

    /// <summary>A school's run takes a while: a form that came meanwhile has been screened by itself, and the run, which had not
    /// read it, may have written over that.</summary>
    private async Task ScreenNewFormsAsync(
        SchoolId school, DateOnly asOf, IReadOnlyDictionary<StudentKey, int> before, DistrictSettings settings, CancellationToken cancellationToken)
    {
        var after = await FormVersionsAsync(school, null, asOf, cancellationToken);
        foreach (var student in before.Keys.Union(after.Keys))
            if (before.GetValueOrDefault(student) != after.GetValueOrDefault(student))
                await ScreenOnFormAsync(student, school, asOf, settings, cancellationToken);
    }

    private Task<IReadOnlyDictionary<StudentKey, int>> FormVersionsAsync(SchoolId school, StudentKey? student, DateOnly asOf, CancellationToken cancellationToken) =>
        observations.ReadVersionsAsync(school, student, SchoolReading.FirstDayOfForms(asOf), asOf, cancellationToken);

    private async Task<(SchoolToScreen?, PupilPlace?)> FindAsync(StudentKey student, DateOnly asOf, DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (await enrollments.FindAsync(student, cancellationToken) is not { } profile) return (null, null);
        var year = SchoolYear.Containing(asOf, settings.FirstMonth);
        // Where the pupil has left, the last school of the year still explains.
        var school = profile.On(asOf)?.School
            ?? profile.Enrollments.LastOrDefault(e => e.Entry <= asOf && (e.Exit ?? asOf) >= year.FirstDay)?.School;
        if (school is not { } known) return (null, null);
        if (await reading.ReadPupilAsync(known, year, asOf, student, profile, settings, cancellationToken) is not { } read) return (null, null);
        return (read, PlaceOf(read, student));
    }

    /// <summary>Most screenings of one pupil say nothing new and write nothing; those that do leave an entry in the audit.</summary>
    private async Task SaveAsync(ScreeningResult result, ScreenAsOf screenAsOf, DistrictSettings settings, CancellationToken cancellationToken)
    {
        var before = await referrals.FindResultAsync(result.School, result.Student, cancellationToken);
        var change = await referrals.ApplyAsync(result, before, screenAsOf, settings.Capacity, cancellationToken);
        if (change is ReferralChange.Made { After: { Waiting: true } waiting })
            await GiveTurnsAsync(result.School, [waiting], settings, result.AsOf, cancellationToken);
        if (change is ReferralChange.Made || before?.Version != await referrals.FindResultVersionAsync(result.School, result.Student, cancellationToken))
            await trail.AppendAsync(
                AuditEntry.OfPupil(Authority.System("screening"), AuditAction.ScreenPupil, result.Student, result.School, time.GetUtcNow()), cancellationToken);
    }

    private async Task SaveAsync(
        SchoolToScreen read, List<ScreeningResult> results, ScreeningReport report, DistrictSettings settings, CancellationToken cancellationToken)
    {
        var school = read.Baseline.Register.School;
        var stored = await referrals.ReadSchoolResultsAsync(school, cancellationToken);
        var here = new HashSet<StudentKey>();
        var waiting = new List<Referral>();
        foreach (var result in results)
        {
            here.Add(result.Student);
            var known = stored.GetValueOrDefault(result.Student);
            if (known is not null && known.Result.AsOf > result.AsOf) continue;
            var change = await referrals.ApplyAsync(result, known, day => AsOf(read, result.Student, day, report), settings.Capacity, cancellationToken);
            if (change is ReferralChange.Made { After: { Waiting: true } held }) waiting.Add(held);
        }
        foreach (var (student, known) in stored)
        {
            if (here.Contains(student) || known.Result.AsOf > read.Baseline.AsOf) continue;
            var profile = await enrollments.FindAsync(student, cancellationToken);
            await referrals.LeaveSchoolAsync(student, school, profile?.On(read.Baseline.AsOf)?.School, cancellationToken);
        }
        await GiveTurnsAsync(school, waiting, settings, read.Baseline.AsOf, cancellationToken);
    }

    /// <summary>The week's turns go by priority: whoever waits since this run is put on the list first, without awaiting the
    /// messages that would do it.</summary>
    private async Task GiveTurnsAsync(
        SchoolId school, List<Referral> waiting, DistrictSettings settings, DateOnly today, CancellationToken cancellationToken)
    {
        foreach (var referral in waiting) await projection.ProjectAsync(referral, cancellationToken);
        await cap.ReleaseAsync(school, settings.Capacity, today, cancellationToken);
    }

    /// <summary>The pupil as of an earlier day of the same school year, on today's ledger: whether the ground still holds.</summary>
    private static ScreeningResult? AsOf(SchoolToScreen read, StudentKey student, DateOnly day, ScreeningReport report)
    {
        if (!read.Baseline.Register.Year.Contains(day) || PlaceOf(read, student) is not { } place) return null;
        var earlier = SchoolBaseline.Of(read.Baseline.Register, day, read.Baseline.AttendanceRests);
        var places = new PupilPlaces();
        foreach (var known in read.Inputs.Places.Find(student) ?? [])
            places.Add(student, known with { School = known.School == read.Baseline ? earlier : SchoolBaseline.Of(known.School.Register, day) });
        return report.Screen(place with { School = earlier }, read.Inputs with { Places = places });
    }

    private static PupilPlace? PlaceOf(SchoolToScreen read, StudentKey student)
    {
        foreach (var place in read.Places())
            if (place.Block.Slots[place.Slot]!.Student == student) return place;
        return null;
    }
}
