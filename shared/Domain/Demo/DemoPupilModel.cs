namespace SchoolSignal.Domain.Demo;

/// <summary>One pupil's school year by chance, after the calibration facts of evidence.md §7: days absent are negative
/// binomial over pupils (spells from a gamma-distributed tendency), they come in spells of which 60 % last one day, and a
/// few pupils hardly come at all.</summary>
internal static class DemoPupilModel
{
    // Ordinary pupils' share of days absent, by stage. With the hardly-attending few the district comes to about 7 %.
    private const double PrimaryMean = 0.043;
    private const double SecondaryMean = 0.060;
    private const double TendencyShape = 1.6;
    private const double HighestTendency = 0.6;

    // England counted some 2 % of pupils as severely absent (half their sessions or more) in recent years.
    private const double HardlyAttendingShare = 0.021;
    private const double HardlyAttendingSpellScale = 2;

    private const double OneDaySpell = 0.60;
    private const double MeanSpell = 1.8;

    private const double LateMean = 0.018;
    private const double EarlyLeavingMean = 0.004;
    private const double UnmappedRate = 0.00003;

    /// <summary>A reason still outstanding is entered as N; schools settle them within a few days.</summary>
    private const int ReasonOutstandingDays = 4;

    public static void Fill(DemoSchool school, int slot, double[] factors, ref DemoRandom random)
    {
        var place = school.Slots[slot];
        var hardlyAttending = random.Chance(HardlyAttendingShare);
        var rate = hardlyAttending
            ? 0.40 + 0.5 * random.NextDouble()
            : Math.Min(HighestTendency, random.NextGamma(TendencyShape) * (school.Stage == DemoStage.Primary ? PrimaryMean : SecondaryMean));
        var spellScale = hardlyAttending ? HardlyAttendingSpellScale : 1;
        var starts = rate / ((1 - rate) * MeanSpell * spellScale);
        var late = LateMean * random.NextGamma(1);
        var early = EarlyLeavingMean * random.NextGamma(1);
        var unauthorised = Math.Min(0.7, 0.18 + rate);
        var last = Math.Min(place.ExitDay ?? int.MaxValue, factors.Length - 1);

        OffRoll(school, slot, 0, place.EntryDay);
        OffRoll(school, slot, last + 1, factors.Length);
        for (int day = place.EntryDay; day <= last; day++)
        {
            var begins = starts * factors[day];
            var draw = random.NextDouble();
            if (draw < begins)
            {
                var through = Math.Min(last, day + (int)(SpellLength(ref random) * spellScale) - 1);
                var reason = Reason(school, through, unauthorised, ref random);
                for (; day <= through; day++) school.SetDay(day, slot, reason);
                // The day after a spell is a day at school, or it would be one longer spell.
                continue;
            }
            draw -= begins;
            if (draw < late) school.At(day, 0, slot) = DemoMark.Late;
            else if (draw < late + early) LeaveEarly(school, day, slot);
            else if (draw < late + early + UnmappedRate) school.At(day, 0, slot) = DemoMark.Unmapped;
        }
    }

    private static void OffRoll(DemoSchool school, int slot, int from, int to)
    {
        for (var day = from; day < to; day++) school.SetDay(day, slot, DemoMark.NotOnRoll);
    }

    // Where registers are taken twice a day, going home at lunch is an afternoon's absence.
    private static void LeaveEarly(DemoSchool school, int day, int slot)
    {
        if (school.SessionsPerDay == 2) school.At(day, 1, slot) = DemoMark.Illness;
        else school.At(day, 0, slot) = DemoMark.LeftEarly;
    }

    // 60 % one day; the rest two and more, one in ten of them drawn out (mean 1.8 days, SD about 1.7).
    private static int SpellLength(ref DemoRandom random) =>
        random.Chance(OneDaySpell) ? 1 : 2 + random.NextGeometric(random.Chance(0.1) ? 4.6 : 0.6);

    private static DemoMark Reason(DemoSchool school, int lastDay, double unauthorised, ref DemoRandom random)
    {
        var draw = random.NextDouble();
        if (draw < unauthorised)
        {
            if (school.Calendar.Days.Count - 1 - lastDay < ReasonOutstandingDays && random.Chance(0.4)) return DemoMark.NoReasonYet;
            if (DemoSeason.DaysBeforeHoliday(school.Calendar, lastDay) is <= 1) return DemoMark.Holiday;
            return DemoMark.Unauthorised;
        }
        return ((draw - unauthorised) / (1 - unauthorised)) switch
        {
            < 0.70 => DemoMark.Illness,
            < 0.80 => DemoMark.Medical,
            < 0.98 => DemoMark.AuthorisedOther,
            _ => DemoMark.Suspended,
        };
    }
}
