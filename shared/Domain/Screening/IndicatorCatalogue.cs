using System.Collections.Frozen;

namespace SchoolSignal.Domain.Screening;

/// <summary>What an indicator is measured in.</summary>
public enum IndicatorUnit
{
    Sessions,
    Days,
    Count,
    /// <summary>A rate as a fraction of 1.</summary>
    Fraction,
    /// <summary>A difference of two rates, as a fraction of 1.</summary>
    FractionDifference,
    /// <summary>The likelihood of chance alone, 0 to 1.</summary>
    Chance,
    /// <summary>An answer on a form: 0 never to 4 almost always.</summary>
    Answer,
    /// <summary>A difference of two totals of items 1 to 12 (each 0 to 48).</summary>
    ItemPoints,
    /// <summary>1 yes, 0 no.</summary>
    YesNo,
}

/// <summary>What kind of number an indicator is.</summary>
internal enum NumberKind
{
    Count,
    /// <summary>A fraction of two counts.</summary>
    Fraction,
    Real,
}

/// <summary>Where an indicator's data comes from: attendance rests when a feed is stale, observations do not.</summary>
public enum IndicatorSource
{
    Register,
    Observations,
}

/// <summary>One indicator of the fixed catalogue.</summary>
/// <param name="Name">camelCase, as in rule sets and on the command line.</param>
/// <param name="Label">How a sentence calls it.</param>
/// <param name="Definition">After evidence.md §9.</param>
/// <param name="DatesBehind">Which dates <c>explain</c> and a trigger list.</param>
public sealed record IndicatorDefinition(
    Indicator Indicator, string Name, IndicatorUnit Unit, IndicatorSource Source, string Label, string Definition, string DatesBehind)
{
    internal NumberKind Kind => Unit switch
    {
        IndicatorUnit.Fraction => NumberKind.Fraction,
        IndicatorUnit.FractionDifference or IndicatorUnit.Chance or IndicatorUnit.ItemPoints => NumberKind.Real,
        _ => NumberKind.Count,
    };
}

/// <summary>Every indicator a rule may name, in the order they are printed.</summary>
public static class IndicatorCatalogue
{
    private const string AbsentSessionDates = "days with an absent session";

    public static IReadOnlyList<IndicatorDefinition> All { get; } =
    [
        Register(Indicator.PossibleSessions, "possibleSessions", IndicatorUnit.Sessions, "possible sessions this year",
            "Sessions attending, authorised or unauthorised since the start of the school year.", "days with a possible session"),
        Register(Indicator.AbsentSessions, "absentSessions", IndicatorUnit.Sessions, "absent sessions this year",
            "Sessions authorised or unauthorised.", AbsentSessionDates),
        Register(Indicator.AbsenceRateYearToDate, "absenceRateYearToDate", IndicatorUnit.Fraction, "absence this school year",
            "absentSessions / possibleSessions; undefined without a possible session.", AbsentSessionDates),
        Register(Indicator.AbsentDays, "absentDays", IndicatorUnit.Days, "absent days this year",
            "Days with a possible session and every possible one absent.", "the absent days"),
        Register(Indicator.UnauthorisedDays, "unauthorisedDays", IndicatorUnit.Days, "unauthorised absent days this year",
            "Absent days with an unauthorised session; no reason yet and late after close are unauthorised.", "those days"),
        Register(Indicator.LateCount, "lateCount", IndicatorUnit.Sessions, "late marks this year",
            "Sessions coded late before the register closed.", "days with such a session"),
        Register(Indicator.PartialDays, "partialDays", IndicatorUnit.Days, "part days this year",
            "Days with both an absent and an attending session, or coded partial or left early.", "those days"),
        Register(Indicator.Spells, "spells", IndicatorUnit.Count, "spells of absence this year",
            "Maximal runs of absent days, blank days skipped; an attended or partial day ends one.", "the absent days"),
        Register(Indicator.LongestRunDays, "longestRunDays", IndicatorUnit.Days, "longest run of absent days",
            "Absent days of the longest spell.", "the absent days of the first spell of that length"),
        Register(Indicator.CurrentRunDays, "currentRunDays", IndicatorUnit.Days, "absent days in a row up to now",
            "Absent days of the spell that reaches the last non-blank day; 0 if none does.", "the absent days of that spell"),
        Register(Indicator.IllnessSpells, "illnessSpells", IndicatorUnit.Count, "spells of illness this year",
            "Spells whose absent sessions are all coded illness.", "the absent days of those spells"),
        Register(Indicator.FirstDayBackAbsences, "firstDayBackAbsences", IndicatorUnit.Days, "absences on a first day back this year",
            "Absent days whose preceding calendar date is not an instructional day of that school; the first day of each enrolment in the year excepted.",
            "those days"),
        Register(Indicator.Last20AbsenceRate, "last20AbsenceRate", IndicatorUnit.Fraction, "absence over the last 20 school days",
            "Absent / possible sessions over the last 20 days; blank days use up a place.", AbsentSessionDates),
        Register(Indicator.Last45AbsenceRate, "last45AbsenceRate", IndicatorUnit.Fraction, "absence over the last 45 school days",
            "Absent / possible sessions over the last 45 days.", AbsentSessionDates),
        Register(Indicator.Previous60AbsenceRate, "previous60AbsenceRate", IndicatorUnit.Fraction, "absence over the 60 school days before those 20",
            "Absent / possible sessions over the 60 days before the last 20; undefined if there are none.", AbsentSessionDates),
        Register(Indicator.PeerExcess, "peerExcess", IndicatorUnit.FractionDifference, "absence above the school's on the same sessions",
            "Over the last 20 days, the pupil's absence rate minus the mean of the school's rates on the same sessions.", AbsentSessionDates),

        Register(Indicator.PossibleDays, "possibleDays", IndicatorUnit.Days, "days counted this year",
            "Days with a possible session.", "those days"),
        Register(Indicator.Last45PossibleDays, "last45PossibleDays", IndicatorUnit.Days, "days counted of the last 45",
            "Days with a possible session among the last 45.", "those days"),
        Register(Indicator.Previous60PossibleDays, "previous60PossibleDays", IndicatorUnit.Days, "days counted of the 60 before the last 20",
            "Days with a possible session among the 60 days before the last 20.", "those days"),
        Register(Indicator.CurrentRunAllMedical, "currentRunAllMedical", IndicatorUnit.YesNo, "current run coded medical throughout",
            "1 if every absent session of the current run is coded medical.", "the absent days of that run"),
        Register(Indicator.Last45SpellsBegun, "last45SpellsBegun", IndicatorUnit.Count, "separate spells begun in the last 45 school days",
            "Spells whose first absent day is among the last 45 days.", "the absent days of those spells"),
        Register(Indicator.Last20UnexplainedDays, "last20UnexplainedDays", IndicatorUnit.Days, "unexplained absent days in the last 20",
            "Absent days of the last 20 with a session unauthorised otherwise than by N, or with an N session and more than 5 of the pupil's school days after them.",
            "those days"),
        Register(Indicator.Last45AbsentDays, "last45AbsentDays", IndicatorUnit.Days, "absent days in the last 45",
            "Absent days among the last 45 days.", "those days"),
        Register(Indicator.Last45FirstDayBackAbsences, "last45FirstDayBackAbsences", IndicatorUnit.Days, "absences on a first day back in the last 45 school days",
            "firstDayBackAbsences among the last 45 days.", "those days"),
        Register(Indicator.Last45FirstDayBackChance, "last45FirstDayBackChance", IndicatorUnit.Chance, "likelihood that chance alone puts so many absences on first days back",
            "P(X >= last45FirstDayBackAbsences) for X ~ Bin(last45AbsentDays, share of first days back among the non-blank days of the last 45); undefined without an absent day.",
            "the absences on first days back"),
        Register(Indicator.Last45ShortIllnessSpells, "last45ShortIllnessSpells", IndicatorUnit.Count, "short spells of illness begun in the last 45 school days",
            "Illness spells of 1 or 2 absent days begun among the last 45 days.", "the absent days of those spells"),
        Register(Indicator.Last20LateCount, "last20LateCount", IndicatorUnit.Sessions, "late marks in the last 20 school days",
            "Sessions coded late among the last 20 days.", "days with such a session"),
        Register(Indicator.Last20LateRate, "last20LateRate", IndicatorUnit.Fraction, "lateness over the last 20 school days",
            "Late / possible sessions over the last 20 days.", "days with a late session"),
        Register(Indicator.Previous60LateRate, "previous60LateRate", IndicatorUnit.Fraction, "lateness over the 60 school days before",
            "Late / possible sessions over the 60 days before the last 20; undefined if there are none.", "days with a late session"),
        Register(Indicator.Last20PartialDays, "last20PartialDays", IndicatorUnit.Days, "part days in the last 20",
            "partialDays among the last 20 days.", "those days"),
        Register(Indicator.Last20SameSectionAbsences, "last20SameSectionAbsences", IndicatorUnit.Days, "days on site but missing the same lesson, in the last 20",
            "The most days, over sections, on which the pupil attended and was absent from that one section.",
            "those days"),
        Register(Indicator.Previous20AbsenceRate, "previous20AbsenceRate", IndicatorUnit.Fraction, "absence over the 20 school days before the last 20",
            "Absent / possible sessions over the 20 days before the last 20.", AbsentSessionDates),
        Register(Indicator.Previous20AbsentDays, "previous20AbsentDays", IndicatorUnit.Days, "absent days in the 20 school days before the last 20",
            "Absent days among the 20 days before the last 20.", "those days"),

        Observed(Indicator.WithdrawingItems, "withdrawingItems", IndicatorUnit.Count, "signs of drawing back from others in one form",
            "The most of items 1 to 4 answered 3 or more in one form of the last 20 school days."),
        Observed(Indicator.WithdrawingObservers, "withdrawingObservers", IndicatorUnit.Count, "observers reporting that a pupil draws back",
            "Different observers with a form of the last 20 school days that has three of items 1 to 4 at 3 or more."),
        Observed(Indicator.ObservedChange, "observedChange", IndicatorUnit.ItemPoints, "change from the pupil's own earlier forms",
            "Total of items 1 to 12 of the latest form of the last 20 school days, minus the median total of the pupil's forms of earlier dates (two or more). A total needs eight answers and is scaled to twelve."),
        Observed(Indicator.ObservedAches, "observedAches", IndicatorUnit.Answer, "asks for nurse or exit, or reports aches", "Highest answer to item 5."),
        Observed(Indicator.ObservedSleepiness, "observedSleepiness", IndicatorUnit.Answer, "sleepy in the mornings", "Highest answer to item 7."),
        Observed(Indicator.ObservedSelfCare, "observedSelfCare", IndicatorUnit.Answer, "self-care has declined", "Highest answer to item 8."),
        Observed(Indicator.ObservedAffect, "observedAffect", IndicatorUnit.Answer, "irritable, flat or visibly anxious", "Highest answer to item 9 or 10."),
        Observed(Indicator.ObservedDropping, "observedDropping", IndicatorUnit.Answer, "stopped clubs or handing in work", "Highest answer to item 11 or 12."),
        Observed(Indicator.ObservedConnection, "observedConnection", IndicatorUnit.Answer, "seeks out a peer or an adult", "Highest answer to item 13."),
    ];

    private static readonly FrozenDictionary<string, IndicatorDefinition> ByName =
        All.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public static int Count => All.Count;

    public static IndicatorDefinition Of(Indicator indicator) => All[(int)indicator];

    public static bool TryFind(string name, out IndicatorDefinition definition) => ByName.TryGetValue(name, out definition!);

    private static IndicatorDefinition Register(
        Indicator indicator, string name, IndicatorUnit unit, string label, string definition, string datesBehind) =>
        new(indicator, name, unit, IndicatorSource.Register, label, definition, datesBehind);

    private static IndicatorDefinition Observed(Indicator indicator, string name, IndicatorUnit unit, string label, string definition) =>
        new(indicator, name, unit, IndicatorSource.Observations, label, definition, "dates of the forms that reach the value");
}
