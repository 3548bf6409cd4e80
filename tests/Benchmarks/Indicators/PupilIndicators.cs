using System.Data;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>One pupil's indicators (evidence §9) and the counts the rules need beside them. Rates are fractions, null
/// where undefined. "Last 20 days" are the last 20 days of the pupil's own, blank ones included.</summary>
public sealed record PupilIndicators
{
    public required int Pupil { get; init; }
    public int Days { get; init; }
    public int PossibleSessions { get; init; }
    public int AbsentSessions { get; init; }
    public double? AbsenceRateYearToDate { get; init; }
    public int PossibleDays { get; init; }
    public int AbsentDays { get; init; }
    public int UnauthorisedDays { get; init; }
    public int LateCount { get; init; }
    public int PartialDays { get; init; }
    public int Spells { get; init; }
    public int LongestRunDays { get; init; }
    public int CurrentRunDays { get; init; }
    public bool CurrentRunMedical { get; init; }
    public int IllnessSpells { get; init; }
    public int FirstDayBackAbsences { get; init; }
    public double? Last20AbsenceRate { get; init; }
    public double? Last45AbsenceRate { get; init; }
    public double? Previous60AbsenceRate { get; init; }
    public double? PeerExcess { get; init; }
    public int Last20PossibleDays { get; init; }
    public int Last20AbsentDays { get; init; }
    /// <summary>Absent days unauthorised other than N, or N for more than five school days.</summary>
    public int Last20UnexplainedDays { get; init; }
    public int Last20Lates { get; init; }
    public int Last20PartialDays { get; init; }
    public double? Previous20AbsenceRate { get; init; }
    public int Previous20AbsentDays { get; init; }
    public int Last45PossibleDays { get; init; }
    public int Last45AbsentDays { get; init; }
    public int Last45FirstDaysBack { get; init; }
    public int Last45FirstDayBackAbsences { get; init; }
    /// <summary>Spells begun in the last 45 days.</summary>
    public int Last45Spells { get; init; }
    /// <summary>Illness spells of one or two days begun in the last 45 days.</summary>
    public int Last45ShortIllnessSpells { get; init; }
    public int Previous60PossibleDays { get; init; }
    public int Previous60Lates { get; init; }

    public static PupilIndicators From(IDataRecord row)
    {
        int Count(string name) => Convert.ToInt32(row[name], System.Globalization.CultureInfo.InvariantCulture);
        double? Rate(string name) => row[name] is DBNull ? null : Convert.ToDouble(row[name], System.Globalization.CultureInfo.InvariantCulture);
        return new PupilIndicators
        {
            Pupil = Count("pupil"),
            Days = Count("days"),
            PossibleSessions = Count("possibleSessions"),
            AbsentSessions = Count("absentSessions"),
            AbsenceRateYearToDate = Rate("absenceRateYearToDate"),
            PossibleDays = Count("possibleDays"),
            AbsentDays = Count("absentDays"),
            UnauthorisedDays = Count("unauthorisedDays"),
            LateCount = Count("lateCount"),
            PartialDays = Count("partialDays"),
            Spells = Count("spells"),
            LongestRunDays = Count("longestRunDays"),
            CurrentRunDays = Count("currentRunDays"),
            CurrentRunMedical = (bool)row["currentRunMedical"],
            IllnessSpells = Count("illnessSpells"),
            FirstDayBackAbsences = Count("firstDayBackAbsences"),
            Last20AbsenceRate = Rate("last20AbsenceRate"),
            Last45AbsenceRate = Rate("last45AbsenceRate"),
            Previous60AbsenceRate = Rate("previous60AbsenceRate"),
            PeerExcess = Rate("peerExcess"),
            Last20PossibleDays = Count("last20PossibleDays"),
            Last20AbsentDays = Count("last20AbsentDays"),
            Last20UnexplainedDays = Count("last20UnexplainedDays"),
            Last20Lates = Count("last20Lates"),
            Last20PartialDays = Count("last20PartialDays"),
            Previous20AbsenceRate = Rate("previous20AbsenceRate"),
            Previous20AbsentDays = Count("previous20AbsentDays"),
            Last45PossibleDays = Count("last45PossibleDays"),
            Last45AbsentDays = Count("last45AbsentDays"),
            Last45FirstDaysBack = Count("last45FirstDaysBack"),
            Last45FirstDayBackAbsences = Count("last45FirstDayBackAbsences"),
            Last45Spells = Count("last45Spells"),
            Last45ShortIllnessSpells = Count("last45ShortIllnessSpells"),
            Previous60PossibleDays = Count("previous60PossibleDays"),
            Previous60Lates = Count("previous60Lates"),
        };
    }
}
