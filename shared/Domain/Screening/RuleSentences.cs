using System.Globalization;

namespace SchoolSignal.Domain.Screening;

/// <summary>Says of a rule in plain words why it fired for the pupil last screened, or why not.</summary>
internal sealed class RuleSentences(Screener screener, SchoolBaseline school)
{
    public RuleReading Read(RuleDefinition rule, int index) => new(
        rule.Id, screener.Outcomes[index].Fired, ToDecimal(screener.Values[rule.When[0].Indicator]), rule.When[0].Threshold,
        Why(rule, index), [], SourceOf(rule.Evidence));

    public static RuleEvidenceSource SourceOf(Indicator evidence) =>
        evidence == Indicator.Last20SameSectionAbsences ? RuleEvidenceSource.SectionEvents
        : IndicatorCatalogue.Of(evidence).Source == IndicatorSource.Observations ? RuleEvidenceSource.Observations
        : RuleEvidenceSource.Register;

    /// <summary>A value as output shows it: at most twelve decimals.</summary>
    public static decimal? ToDecimal(IndicatorValue value) => !value.IsDefined ? null
        : value.Real != 0 ? Math.Round((decimal)value.Real, 12)
        : Math.Round((decimal)value.Numerator / value.Denominator, 12);

    private string Why(RuleDefinition rule, int index)
    {
        if (school.AttendanceRests is { } reason && rule.ReadsRegister)
            return reason == NotScreenedReason.StaleFeed
                ? "Rests: the school's attendance feed is too old to rely on."
                : "Rests: a part of the school's attendance feed waits to be repeated.";
        if (screener.Outcomes[index].Fired) return "Fires: " + string.Join("; ", rule.When.Select(Sentence)) + ".";
        if (screener.WithExceptional[index].Fired)
            return "Does not fire: it would hold only with days on which an unusual part of the school was absent.";
        return "Does not fire: " + string.Join("; ", rule.When.Where(c => !new CompiledCondition(c).Holds(screener.Values)).Select(Sentence)) + ".";
    }

    private string Sentence(RuleCondition condition)
    {
        var definition = IndicatorCatalogue.Of(condition.Indicator);
        var value = screener.Values[condition.Indicator];
        var observed = value.IsDefined
            ? $"{definition.Label} is {Amount(value, definition.Unit)}"
            : $"{definition.Label} is not known yet";
        var bound = condition.Comparison == Comparison.AtLeast ? "at least" : "at most";
        if (condition.Other is not { } other)
            return $"{observed}, the rule asks for {bound} {Threshold(condition.Threshold, definition.Unit)}";

        var second = IndicatorCatalogue.Of(other);
        var reference = screener.Values[other];
        var compared = reference.IsDefined ? $"{second.Label}, which is {Amount(reference, second.Unit)}" : $"{second.Label}, which is not known yet";
        return condition.Base == ThresholdBase.TimesOther
            ? $"{observed}, the rule asks for {bound} {Number(condition.Threshold)} times {compared}"
            : $"{observed}, the rule asks for {bound} {Points(condition.Threshold, definition.Unit)} above {compared}";
    }

    private static string Amount(IndicatorValue value, IndicatorUnit unit) => unit switch
    {
        IndicatorUnit.Fraction => $"{Percent(value.AsDouble())} ({value.Numerator} of {value.Denominator} sessions)",
        IndicatorUnit.FractionDifference => $"{Number((decimal)Math.Round(value.AsDouble() * 100, 1))} points",
        IndicatorUnit.Chance => Percent(value.AsDouble()),
        IndicatorUnit.YesNo => value.Numerator == 0 ? "no" : "yes",
        IndicatorUnit.ItemPoints => Number(Math.Round((decimal)value.Real, 1)),
        _ => Number(value.Numerator),
    };

    private static string Threshold(decimal threshold, IndicatorUnit unit) => unit switch
    {
        IndicatorUnit.Fraction or IndicatorUnit.Chance => $"{Number(threshold * 100)} %",
        IndicatorUnit.FractionDifference => Points(threshold, unit),
        _ => Number(threshold),
    };

    private static string Points(decimal threshold, IndicatorUnit unit) =>
        unit is IndicatorUnit.Fraction or IndicatorUnit.FractionDifference ? $"{Number(threshold * 100)} points" : Number(threshold);

    private static string Percent(double fraction) => $"{Number((decimal)Math.Round(fraction * 100, 1))} %";

    private static string Number(decimal value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
