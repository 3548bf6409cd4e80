using SchoolSignal.Benchmarks.Indicators;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>A pupil's indicators as the RulesEngine expressions read them: plain typed properties. Differences and ratios
/// of two indicators are worked out beforehand, outside the watch.</summary>
public sealed record AttendanceFacts(
    double? AbsenceRateYearToDate, double PossibleDays, double? Last45AbsenceRate, double Last45PossibleDays, double? AbsenceRise,
    double Previous60PossibleDays, double? PeerExcess, double CurrentRunDays, double Last45Spells, double Last20UnexplainedDays,
    double Last45AbsentDays, double? FirstDayBackChance, double Last45ShortIllnessSpells, double Last20Lates, double? LateRise,
    double Last20PartialDays, double Previous20AbsentDays, double? Last20OfPrevious20)
{
    /// <summary>Guards an inclusive edge against the rounding of a division.</summary>
    private const double Rounding = 1e-9;

    public static AttendanceFacts From(SqlIndicators i)
    {
        double Count(string name) => i[name] ?? throw new InvalidOperationException($"{name} is a count.");
        return new AttendanceFacts(
            i["absenceRateYearToDate"] + Rounding, Count("possibleDays"), i["last45AbsenceRate"] + Rounding, Count("last45PossibleDays"),
            i["last20AbsenceRate"] - i["previous60AbsenceRate"] + Rounding, Count("previous60PossibleDays"), i["peerExcess"] + Rounding,
            Count("currentRunDays"), Count("last45SpellsBegun"), Count("last20UnexplainedDays"), Count("last45AbsentDays"),
            i["last45FirstDayBackChance"] - Rounding, Count("last45ShortIllnessSpells"), Count("last20LateCount"),
            Rise(i["last20LateRate"], i["previous60LateRate"]), Count("last20PartialDays"), Count("previous20AbsentDays"),
            Ratio(i["last20AbsenceRate"], i["previous20AbsenceRate"]) - Rounding);
    }

    private static double? Rise(double? now, double? before) => before == 0 ? double.PositiveInfinity : (now / before) + Rounding;

    private static double? Ratio(double? now, double? before) => before == 0 ? null : now / before;
}
