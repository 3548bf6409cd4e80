using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening.Runs;

/// <summary>Everything a screening of one school, or of one pupil of it, reads.</summary>
public sealed record SchoolToScreen(SchoolBaseline Baseline, ScreeningInputs Inputs)
{
    /// <summary>The places of the school's pupils on this reading.</summary>
    public IEnumerable<PupilPlace> Places() =>
        from block in Baseline.Register.Blocks
        from slot in Enumerable.Range(0, block.Slots.Count)
        where block.Slots[slot] is not null
        select new PupilPlace(Baseline, block, slot);
}

/// <summary>Reads what a screening needs from the store: register, baseline, forms, and the other schools of pupils who
/// changed school.</summary>
public sealed class SchoolReading(
    ITableStore store, LedgerReader ledger, SchoolYears years, Enrollments enrollments, ObservationStore observations, Observers observers, DistrictId district)
{
    /// <summary>Earlier forms are a pupil's own yardstick; two years back is as far as a child's habits compare.</summary>
    private const int FormYears = 2;

    /// <summary>Inclusive.</summary>
    internal static DateOnly FirstDayOfForms(DateOnly asOf) => asOf.AddYears(-FormYears);

    /// <returns>Null if the school has no attendance in that year.</returns>
    public async Task<SchoolToScreen?> ReadAsync(
        SchoolId school, SchoolYear year, DateOnly asOf, DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (await BaselineAsync(school, year, asOf, null, settings, cancellationToken) is not { } baseline) return null;
        var movers = MoversIn(baseline).ToList();
        return await ToScreenAsync(baseline, movers, await FormsAsync(school, movers, asOf, cancellationToken), settings, cancellationToken);
    }

    /// <summary>Reads what one pupil's screening needs: of the school's pupils the block alone.</summary>
    /// <returns>Null if the school has no attendance in that year, or the pupil no place.</returns>
    public async Task<SchoolToScreen?> ReadPupilAsync(
        SchoolId school, SchoolYear year, DateOnly asOf, StudentKey student, StudentProfile profile, DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (await ledger.FindBlockAsync(school, year, student, cancellationToken) is not { } block) return null;
        if (await BaselineAsync(school, year, asOf, [block], settings, cancellationToken) is not { } baseline) return null;
        var schools = profile.Enrollments.Select(e => e.School).Append(school).Distinct().ToList();
        var forms = await observations.ReadPupilAsync(student, schools, FirstDayOfForms(asOf), asOf, cancellationToken);
        return await ToScreenAsync(baseline, [.. MoversIn(baseline).Where(mover => mover == student)], forms, settings, cancellationToken);
    }

    /// <summary>Pupils with days at another school in the same year.</summary>
    private static IEnumerable<StudentKey> MoversIn(SchoolBaseline school) =>
        school.Register.Blocks.SelectMany(b => b.Slots).Where(s => s is { ElsewhereToo: true }).Select(s => s!.Student);

    private async Task<SchoolToScreen> ToScreenAsync(
        SchoolBaseline baseline, List<StudentKey> movers, IReadOnlyList<Observation> stated, DistrictSettings settings, CancellationToken cancellationToken)
    {
        var places = await PlacesAsync(baseline, movers, baseline.Register.Year, baseline.AsOf, settings, cancellationToken);
        var forms = await observers.OfAsync(stated, cancellationToken);
        return new SchoolToScreen(baseline, new ScreeningInputs(settings.LegalBasis is not null)
        {
            OptedOut = settings.OptOuts,
            Observations = new ObservationIndex(forms),
            Places = places,
        });
    }

    private async Task<SchoolBaseline?> BaselineAsync(
        SchoolId school, SchoolYear year, DateOnly asOf, int[]? blocks, DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (await ledger.ReadAsync(school, year, asOf, blocks, cancellationToken) is not { } register) return null;
        return SchoolBaseline.Of(register, asOf, await RestsAsync(register, asOf, settings, cancellationToken));
    }

    /// <summary>Why the attendance rules rest: a batch waits for its replay, or the newest covered day lies too many school
    /// days before the as-of date.</summary>
    private async Task<NotScreenedReason?> RestsAsync(SchoolYearRegister register, DateOnly asOf, DistrictSettings settings, CancellationToken cancellationToken)
    {
        var partition = LedgerKeys.Partition(district, register.School, register.Year);
        if (await FeedPause.IsPausedAsync(store, partition, cancellationToken)) return NotScreenedReason.FeedPaused;
        if (register.Covered is not { } covered) return NotScreenedReason.StaleFeed;
        if (covered.To >= asOf) return null;
        var days = (await years.DaysAsync(register.School, register.Year, new Coverage(covered.From, asOf), cancellationToken)).Days;
        var missed = days.CountThrough(asOf) - days.CountThrough(covered.To);
        return missed >= settings.Thresholds.StaleFeedSchoolDays ? NotScreenedReason.StaleFeed : null;
    }

    private async Task<PupilPlaces> PlacesAsync(
        SchoolBaseline here, List<StudentKey> movers, SchoolYear year, DateOnly asOf, DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (movers.Count == 0) return PupilPlaces.None;
        var elsewhere = new Dictionary<SchoolId, List<StudentKey>>();
        foreach (var student in movers)
        {
            var profile = await enrollments.FindAsync(student, cancellationToken);
            foreach (var other in (profile?.Enrollments ?? []).Select(e => e.School).Distinct().Where(s => s != here.Register.School))
            {
                if (!elsewhere.TryGetValue(other, out var students)) elsewhere[other] = students = [];
                students.Add(student);
            }
        }

        var places = new PupilPlaces();
        AddPlaces(places, here, [.. movers]);
        foreach (var (school, students) in elsewhere)
        {
            var blocks = new HashSet<int>();
            foreach (var student in students)
                if (await ledger.FindBlockAsync(school, year, student, cancellationToken) is { } block) blocks.Add(block);
            if (blocks.Count == 0) continue;
            if (await BaselineAsync(school, year, asOf, [.. blocks], settings, cancellationToken) is { } there)
                AddPlaces(places, there, [.. students]);
        }
        return places;
    }

    private static void AddPlaces(PupilPlaces places, SchoolBaseline school, HashSet<StudentKey> students)
    {
        foreach (var block in school.Register.Blocks)
            for (var slot = 0; slot < block.Slots.Count; slot++)
                if (block.Slots[slot] is { } pupil && students.Contains(pupil.Student))
                    places.Add(pupil.Student, new PupilPlace(school, block, slot));
    }

    private async Task<List<Observation>> FormsAsync(
        SchoolId school, List<StudentKey> movers, DateOnly asOf, CancellationToken cancellationToken)
    {
        var from = FirstDayOfForms(asOf);
        var forms = new List<Observation>();
        foreach (var of in (await observations.ReadSchoolAsync(school, from, asOf, cancellationToken)).Values) forms.AddRange(of);
        foreach (var mover in movers)
        {
            var profile = await enrollments.FindAsync(mover, cancellationToken);
            var others = (profile?.Enrollments ?? []).Select(e => e.School).Where(s => s != school).Distinct().ToList();
            forms.AddRange(await observations.ReadPupilAsync(mover, others, from, asOf, cancellationToken));
        }
        return forms;
    }
}
