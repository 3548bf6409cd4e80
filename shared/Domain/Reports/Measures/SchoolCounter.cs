using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>Counts a school's pupils and sessions over a period out of what a screening reads. Pure: the same reading gives the
/// same counts. Who counts, and how, stands in docs/data-dictionary.md, "Reports".</summary>
public sealed class SchoolCounter
{
    private readonly Screener screener;
    private readonly ulong[] rulesOfFamily;
    private readonly PupilOutcome[] outcomes = new PupilOutcome[RegisterBlock.Width];

    public SchoolCounter(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        screener = new Screener(rules);
        rulesOfFamily = new ulong[SchoolCounts.Families.Count];
        for (var rule = 0; rule < rules.Rules.Count; rule++)
            if (SchoolCounts.Families.ToList().IndexOf(rules.Rules[rule].Family) is >= 0 and var family) rulesOfFamily[family] |= 1UL << rule;
    }

    /// <param name="read">The school as of its last school day in the period.</param>
    /// <param name="first">The period's first day.</param>
    /// <param name="bands">Grade bands of the school's pupils, for a term; null for a week.</param>
    public SchoolCounts Count(SchoolToScreen read, DateOnly first, IReadOnlyDictionary<StudentKey, GradeBand>? bands = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        var school = read.Baseline;
        if (school.AttendanceRests is { } rests)
            return SchoolCounts.Empty(
                school.Register.School, rests == NotScreenedReason.FeedPaused ? CountState.FeedPaused : CountState.StaleFeed, school.AsOf);

        var levels = new int[Enum.GetValues<Level>().Length];
        var byBand = bands is null ? [] : Enum.GetValues<GradeBand>().Select(_ => new int[levels.Length]).ToArray();
        var signs = new int[SchoolCounts.Families.Count];
        var earlier = new Earlier(read, first);
        foreach (var block in school.Register.Blocks)
        {
            screener.ScreenBlock(school, block, read.Inputs, outcomes);
            // Copied: the look at the day before the period uses the same screener.
            var now = outcomes.ToArray();
            for (var slot = 0; slot < block.Slots.Count; slot++)
            {
                if (now[slot] is not { Kind: PlaceKind.OnRoll, NotScreenedBecause: null } outcome) continue;
                levels[(int)outcome.Level]++;
                if (bands is not null) byBand[(int)bands.GetValueOrDefault(block.Slots[slot]!.Student)][(int)outcome.Level]++;
                if (outcome.FiredRules != 0) AddNewSigns(signs, outcome.FiredRules, new PupilPlace(school, block, slot), earlier);
            }
        }
        return new SchoolCounts(
            school.Register.School, CountState.Counted, school.AsOf, levels, signs, SessionTally.Of(read, first), byBand, ReferralCounts.None);
    }

    /// <summary>A sign is new if its family says something at the period's end and said nothing at the end of the school day before
    /// the period, on the same register and forms.</summary>
    private void AddNewSigns(int[] signs, ulong fired, PupilPlace place, Earlier earlier)
    {
        var before = earlier.Of(place) is var (then, inputs) ? screener.ScreenPlace(then, inputs).FiredRules : 0;
        for (var family = 0; family < signs.Length; family++)
            if ((fired & rulesOfFamily[family]) != 0 && (before & rulesOfFamily[family]) == 0) signs[family]++;
    }

    /// <summary>The same reading as of the school day before the period.</summary>
    private sealed class Earlier
    {
        private readonly SchoolToScreen read;
        private readonly SchoolBaseline? then;
        private readonly Dictionary<SchoolBaseline, SchoolBaseline> others = [];

        public Earlier(SchoolToScreen read, DateOnly first)
        {
            this.read = read;
            var days = read.Baseline.Register.Days;
            if (days.CountThrough(first.AddDays(-1)) is > 0 and var before)
                then = SchoolBaseline.Of(read.Baseline.Register, days[before - 1], read.Baseline.AttendanceRests);
        }

        /// <summary>Null before the school year's first day.</summary>
        public (PupilPlace Place, ScreeningInputs Inputs)? Of(PupilPlace place)
        {
            if (then is null) return null;
            var student = place.Enrollments.Student;
            var places = new PupilPlaces();
            foreach (var known in read.Inputs.Places.Find(student) ?? []) places.Add(student, known with { School = AsOfThen(known.School) });
            return (place with { School = then }, read.Inputs with { Places = places });
        }

        private SchoolBaseline AsOfThen(SchoolBaseline school)
        {
            if (school == read.Baseline) return then!;
            if (!others.TryGetValue(school, out var known)) others[school] = known = SchoolBaseline.Of(school.Register, then!.AsOf);
            return known;
        }
    }
}
