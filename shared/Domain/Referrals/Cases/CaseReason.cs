using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>What a rule's threshold is measured from, for the words around it.</summary>
public enum ThresholdKind
{
    /// <summary>Nothing a reader could do with, as a likelihood of chance or answers on a form.</summary>
    None,
    AtLeast,
    AtMost,
    /// <summary>So much above the pupil's own earlier value.</summary>
    AboveOwn,
    /// <summary>So many times the pupil's own earlier value.</summary>
    TimesOwn,
    /// <summary>At most so many times the pupil's own earlier value.</summary>
    AtMostTimesOwn,
}

/// <summary>A rule that fired as a page shows it: numbers with their unit, the words being the page's own.</summary>
/// <param name="Title">The rule's title in the rule set's English, or the rule's id if the set no longer has it.</param>
/// <param name="Unit">Of <paramref name="Observed"/>; null if it says nothing to a reader.</param>
/// <param name="Feeds">The feeds that set the marks behind it.</param>
public sealed record CaseReason(
    string RuleId, RuleFamily Family, string Title, decimal Observed, IndicatorUnit? Unit, decimal Threshold, ThresholdKind ThresholdKind,
    bool IsFromForms, DateOnly From, DateOnly To, IReadOnlyList<DateOnly> Dates, string? Source, string ClearsWhen, IReadOnlyList<FeedId> Feeds)
{
    /// <summary>What was counted or measured, by its name in rule sets.</summary>
    public required string Indicator { get; init; }

    /// <param name="rules">The rule set in force.</param>
    public static CaseReason Of(Trigger trigger, RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        ArgumentNullException.ThrowIfNull(rules);
        var rule = rules.Rules.FirstOrDefault(r => r.Id == trigger.RuleId);
        var indicator = IndicatorCatalogue.TryFind(trigger.Indicator, out var known) ? known : null;
        var unit = UnitOf(trigger);
        return new CaseReason(
            trigger.RuleId, trigger.Family, rule?.Title ?? trigger.RuleId, trigger.Observed, unit, trigger.Threshold,
            unit is null || rule is null ? ThresholdKind.None : KindOf(rule.When[0]), indicator?.Source == IndicatorSource.Observations,
            trigger.From, trigger.To, trigger.Dates, rule?.Source, trigger.ClearsWhen, trigger.Feeds)
        {
            Indicator = trigger.Indicator,
        };
    }

    /// <summary>What a trigger's observed value is in; null where the number says nothing to a reader.</summary>
    public static IndicatorUnit? UnitOf(Trigger trigger)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        return IndicatorCatalogue.TryFind(trigger.Indicator, out var indicator)
            && indicator.Unit is IndicatorUnit.Fraction or IndicatorUnit.FractionDifference or IndicatorUnit.Sessions or IndicatorUnit.Days or IndicatorUnit.Count
            ? indicator.Unit
            : null;
    }

    private static ThresholdKind KindOf(RuleCondition condition) => (condition.Base, condition.Comparison) switch
    {
        (ThresholdBase.Value, Comparison.AtLeast) => ThresholdKind.AtLeast,
        (ThresholdBase.Value, Comparison.AtMost) => ThresholdKind.AtMost,
        (ThresholdBase.AboveOther, Comparison.AtLeast) => ThresholdKind.AboveOwn,
        (ThresholdBase.TimesOther, Comparison.AtLeast) => ThresholdKind.TimesOwn,
        (ThresholdBase.TimesOther, Comparison.AtMost) => ThresholdKind.AtMostTimesOwn,
        _ => ThresholdKind.None,
    };
}
