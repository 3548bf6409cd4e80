using System.Numerics;

namespace SchoolSignal.Domain.Screening;

/// <summary>Computes the indicators that come from the register (evidence.md §9), a handful of popcounts each.</summary>
internal sealed class RegisterIndicators
{
    /// <summary>Inclusive: the longest illness spell that counts as short.</summary>
    public const int ShortSpellDays = 2;

    public Windows Windows { get; } = new();

    /// <summary>Writes every register indicator but the one that needs section absences.</summary>
    public void Compute(PupilDays days, PupilIndicators values)
    {
        Windows.Set(days.Start, days.End);
        var counts = default(Counts);
        for (var word = 0; word < days.WordCount; word++) Add(days, word, ref counts);

        values.Count(Indicator.PossibleSessions, counts.Possible);
        values.Count(Indicator.AbsentSessions, counts.Absent);
        values.Fraction(Indicator.AbsenceRateYearToDate, counts.Absent, counts.Possible);
        values.Count(Indicator.AbsentDays, counts.AbsentDays);
        values.Count(Indicator.UnauthorisedDays, counts.UnauthorisedDays);
        values.Count(Indicator.LateCount, counts.Lates);
        values.Count(Indicator.PartialDays, counts.PartialDays);
        values.Count(Indicator.FirstDayBackAbsences, counts.FirstDaysBack);
        values.Fraction(Indicator.Last20AbsenceRate, counts.Absent20, counts.Possible20);
        values.Fraction(Indicator.Last45AbsenceRate, counts.Absent45, counts.Possible45);
        values.Fraction(Indicator.Previous60AbsenceRate, counts.AbsentPrevious60, counts.PossiblePrevious60);
        values.Real(Indicator.PeerExcess, PeerExcess(days, counts.Absent20, counts.Possible20));

        values.Count(Indicator.PossibleDays, counts.Days);
        values.Count(Indicator.Last45PossibleDays, counts.Days45);
        values.Count(Indicator.Previous60PossibleDays, counts.DaysPrevious60);
        values.Count(Indicator.Last20UnexplainedDays, counts.Unexplained20);
        values.Count(Indicator.Last45AbsentDays, counts.AbsentDays45);
        values.Count(Indicator.Last45FirstDayBackAbsences, counts.FirstDaysBack45);
        values.Real(Indicator.Last45FirstDayBackChance, counts.AbsentDays45 == 0 ? double.NaN : BinomialTail.AtLeast(
            counts.FirstDaysBack45, counts.AbsentDays45, counts.CountedFirstDaysBack45, counts.Days45));
        values.Count(Indicator.Last20LateCount, counts.Lates20);
        values.Fraction(Indicator.Last20LateRate, counts.Lates20, counts.Possible20);
        values.Fraction(Indicator.Previous60LateRate, counts.LatesPrevious60, counts.PossiblePrevious60);
        values.Count(Indicator.Last20PartialDays, counts.PartialDays20);
        values.Fraction(Indicator.Previous20AbsenceRate, counts.AbsentPrevious20, counts.PossiblePrevious20);
        values.Count(Indicator.Previous20AbsentDays, counts.AbsentDaysPrevious20);
        CountSpells(days, values);
    }

    /// <summary>Sessions known and sessions expected in the last 45 days. Not-required sessions are not expected.</summary>
    public (int Known, int Expected) Completeness(PupilDays days)
    {
        Windows.Set(days.Start, days.End);
        var (from, to) = (Windows.Last45.From, Windows.Last45.To);
        var known = DayBits.Count(days[DayClass.Possible0], from, to) + DayBits.Count(days[DayClass.Possible1], from, to);
        var unknown = DayBits.Count(days[DayClass.Unknown0], from, to) + DayBits.Count(days[DayClass.Unknown1], from, to);
        return (known, known + unknown);
    }

    private void Add(PupilDays days, int word, ref Counts counts)
    {
        ulong p0 = days.Word(DayClass.Possible0, word), p1 = days.Word(DayClass.Possible1, word);
        ulong a0 = days.Word(DayClass.Absent0, word), a1 = days.Word(DayClass.Absent1, word);
        ulong l0 = days.Word(DayClass.Late0, word), l1 = days.Word(DayClass.Late1, word);
        ulong counted = days.Word(DayClass.Counted, word), absentDay = days.Word(DayClass.AbsentDay, word);
        ulong partial = days.Word(DayClass.Partial, word), firstBack = days.FirstDaysBack[word];
        ulong last20 = Windows.Last20Mask[word], last45 = Windows.Last45Mask[word];
        ulong previous60 = Windows.Previous60Mask[word], previous20 = Windows.Previous20Mask[word];

        counts.Possible += Both(p0, p1, ulong.MaxValue);
        counts.Absent += Both(a0, a1, ulong.MaxValue);
        counts.Lates += Both(l0, l1, ulong.MaxValue);
        counts.Days += Bits(counted);
        counts.AbsentDays += Bits(absentDay);
        counts.UnauthorisedDays += Bits(absentDay & days.Word(DayClass.Unauthorised, word));
        counts.PartialDays += Bits(partial);
        counts.FirstDaysBack += Bits(absentDay & firstBack);

        counts.Possible20 += Both(p0, p1, last20);
        counts.Absent20 += Both(a0, a1, last20);
        counts.Lates20 += Both(l0, l1, last20);
        counts.PartialDays20 += Bits(partial & last20);
        counts.Unexplained20 += Bits(Unexplained(days, word));

        counts.Possible45 += Both(p0, p1, last45);
        counts.Absent45 += Both(a0, a1, last45);
        counts.Days45 += Bits(counted & last45);
        counts.AbsentDays45 += Bits(absentDay & last45);
        counts.FirstDaysBack45 += Bits(absentDay & firstBack & last45);
        counts.CountedFirstDaysBack45 += Bits(counted & firstBack & last45);

        counts.PossiblePrevious60 += Both(p0, p1, previous60);
        counts.AbsentPrevious60 += Both(a0, a1, previous60);
        counts.LatesPrevious60 += Both(l0, l1, previous60);
        counts.DaysPrevious60 += Bits(counted & previous60);

        counts.PossiblePrevious20 += Both(p0, p1, previous20);
        counts.AbsentPrevious20 += Both(a0, a1, previous20);
        counts.AbsentDaysPrevious20 += Bits(absentDay & previous20);
    }

    /// <summary>Absent days of the last 20 that are unauthorised otherwise than by N, or N for over five school days.</summary>
    public ulong Unexplained(PupilDays days, int word) => days.Word(DayClass.AbsentDay, word) &
        ((days.Word(DayClass.UnauthorisedOther, word) & Windows.Last20Mask[word]) |
         (days.Word(DayClass.NoReasonYet, word) & Windows.OverdueMask[word]));

    private static int Bits(ulong set) => BitOperations.PopCount(set);

    private static int Both(ulong first, ulong second, ulong mask) =>
        BitOperations.PopCount(first & mask) + BitOperations.PopCount(second & mask);

    /// <summary>The pupil's rate over the last 20 days minus the mean of the school's rates on the same sessions; not a
    /// number without such a session.</summary>
    private double PeerExcess(PupilDays days, int absent, int possible)
    {
        if (possible == 0) return double.NaN;
        double sum = 0;
        var sessions = 0;
        for (var session = 0; session < days.Sessions; session++)
        {
            var set = days[DayClass.Possible0 + session];
            for (var word = 0; word < days.WordCount; word++)
            {
                for (var bits = set[word] & Windows.Last20Mask[word]; bits != 0; bits &= bits - 1)
                {
                    var day = (word << 6) + BitOperations.TrailingZeroCount(bits);
                    var rate = days.Rates[(day * days.Sessions) + session];
                    if (double.IsNaN(rate)) continue;
                    sum += rate;
                    sessions++;
                }
            }
        }
        return sessions == 0 ? double.NaN : ((double)absent / possible) - (sum / sessions);
    }

    private void CountSpells(PupilDays days, PupilIndicators values)
    {
        int spells = 0, illness = 0, longest = 0, begun45 = 0, shortIllness45 = 0, current = 0;
        var currentMedical = false;
        foreach (var spell in new Spells(days))
        {
            spells++;
            longest = Math.Max(longest, spell.Days);
            if (spell.AllIllness) illness++;
            if (spell.From >= Windows.Last45.From)
            {
                begun45++;
                if (spell.AllIllness && spell.Days <= ShortSpellDays) shortIllness45++;
            }
            if (spell.ReachesTheLastDay) (current, currentMedical) = (spell.Days, spell.AllMedical);
        }
        values.Count(Indicator.Spells, spells);
        values.Count(Indicator.IllnessSpells, illness);
        values.Count(Indicator.LongestRunDays, longest);
        values.Count(Indicator.CurrentRunDays, current);
        values.Count(Indicator.CurrentRunAllMedical, currentMedical ? 1 : 0);
        values.Count(Indicator.Last45SpellsBegun, begun45);
        values.Count(Indicator.Last45ShortIllnessSpells, shortIllness45);
    }

    private struct Counts
    {
        public int Possible, Absent, Lates, Days, AbsentDays, UnauthorisedDays, PartialDays, FirstDaysBack;
        public int Possible20, Absent20, Lates20, PartialDays20, Unexplained20;
        public int Possible45, Absent45, Days45, AbsentDays45, FirstDaysBack45, CountedFirstDaysBack45;
        public int PossiblePrevious60, AbsentPrevious60, LatesPrevious60, DaysPrevious60;
        public int PossiblePrevious20, AbsentPrevious20, AbsentDaysPrevious20;
    }
}
