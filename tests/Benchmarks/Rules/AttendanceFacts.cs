using SchoolSignal.Benchmarks.Indicators;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>The indicators as the RulesEngine expressions read them, with what its expression language cannot compute
/// worked out beforehand (outside the watch, in its favour).</summary>
public sealed record AttendanceFacts(
    double? AbsenceRateYearToDate, int PossibleDays, double? Last45AbsenceRate, int Last45PossibleDays, double? AbsenceRise,
    int Previous60PossibleDays, double? PeerExcess, int CurrentRunDays, int Last45Spells, int Last20UnexplainedDays,
    int Last45AbsentDays, double FirstDayBackChance, int Last45ShortIllnessSpells, int Last20Lates, double LateRise,
    int Last20PartialDays, int Previous20AbsentDays, double? Last20OfPrevious20)
{
    /// <summary>Guards an inclusive edge against the rounding of a division.</summary>
    private const double Rounding = 1e-9;

    public static AttendanceFacts From(PupilIndicators i) => new(
        i.AbsenceRateYearToDate + Rounding, i.PossibleDays, i.Last45AbsenceRate + Rounding, i.Last45PossibleDays,
        i.Last20AbsenceRate - i.Previous60AbsenceRate + Rounding, i.Previous60PossibleDays, i.PeerExcess + Rounding,
        i.CurrentRunDays, i.Last45Spells, i.Last20UnexplainedDays, i.Last45AbsentDays,
        ChanceOfAtLeast(i.Last45FirstDayBackAbsences, i.Last45AbsentDays, i.Last45PossibleDays == 0 ? 0 : (double)i.Last45FirstDaysBack / i.Last45PossibleDays),
        i.Last45ShortIllnessSpells, i.Last20Lates, LateRiseOf(i), i.Last20PartialDays, i.Previous20AbsentDays,
        i.Last20AbsenceRate / i.Previous20AbsenceRate);

    /// <summary>Lates per possible day in the last 20 days over those in the 60 before; infinite where there were none.</summary>
    private static double LateRiseOf(PupilIndicators i) =>
        i.Last20Lates == 0 || i.Last20PossibleDays == 0 ? 0
        : i.Previous60Lates == 0 ? double.PositiveInfinity
        : ((double)i.Last20Lates / i.Last20PossibleDays / ((double)i.Previous60Lates / i.Previous60PossibleDays)) + Rounding;

    /// <summary>P(X ≥ x) for X ~ Bin(n, p).</summary>
    public static double ChanceOfAtLeast(int x, int n, double p)
    {
        if (x <= 0) return 1;
        var chance = 0.0;
        for (var k = x; k <= n; k++)
        {
            var term = 1.0;
            for (var i = 0; i < k; i++) term *= p * (n - i) / (k - i);
            chance += term * Math.Pow(1 - p, n - k);
        }

        return chance;
    }
}
