using System.Globalization;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Referrals;

/// <summary>A rule that fired, said to a counsellor: the rule's title, what was seen and over which days. Words for what
/// happened at school, none for what a pupil might have.</summary>
public static class TriggerWords
{
    /// <summary>"A fifth or more of the last 45 school days missed: 23.4 % (from 20 %), 20 Jan to 20 Mar 2026."</summary>
    /// <param name="rule">The rule, or null if the rule set no longer has it.</param>
    public static string Sentence(Trigger trigger, RuleDefinition? rule)
    {
        var title = rule?.Title.TrimEnd('.') ?? trigger.RuleId;
        if (!IndicatorCatalogue.TryFind(trigger.Indicator, out var indicator)) return $"{title}, {Days(trigger.From, trigger.To)}.";
        if (indicator.Source == IndicatorSource.Observations)
            return trigger.Dates.Count == 0 ? $"{title}." : $"{title}: {(trigger.Dates.Count == 1 ? "form" : "forms")} of {string.Join(", ", trigger.Dates.Select(d => Days(d, d)))}.";
        return Amount(trigger.Observed, indicator.Unit) is { } amount
            ? $"{title}: {amount}{From(trigger, rule, indicator.Unit)}, {Days(trigger.From, trigger.To)}."
            : $"{title}, {Days(trigger.From, trigger.To)}.";
    }

    /// <summary>"2 Mar 2026", "2 to 20 Mar 2026", "20 Jan to 20 Mar 2026" or "20 Nov 2025 to 20 Mar 2026".</summary>
    public static string Days(DateOnly from, DateOnly to)
    {
        if (from == to) return Text(to, "d MMM yyyy");
        var start = from.Year != to.Year ? "d MMM yyyy" : from.Month != to.Month ? "d MMM" : "%d";
        return $"{Text(from, start)} to {Text(to, "d MMM yyyy")}";
    }

    /// <summary>The threshold, where it is measured in what was observed and not against another value.</summary>
    private static string From(Trigger trigger, RuleDefinition? rule, IndicatorUnit unit) =>
        rule?.When[0] is { Base: ThresholdBase.Value, Comparison: Comparison.AtLeast } && Amount(trigger.Threshold, unit) is { } threshold
            ? $" (from {threshold})"
            : "";

    /// <summary>Null for a unit that tells a counsellor nothing, as a likelihood of chance.</summary>
    private static string? Amount(decimal value, IndicatorUnit unit) => unit switch
    {
        IndicatorUnit.Fraction => $"{Number(value * 100m, 1)} %",
        IndicatorUnit.FractionDifference => $"{Number(value * 100m, 1)} percentage points",
        IndicatorUnit.Sessions or IndicatorUnit.Days or IndicatorUnit.Count => Number(value, 1),
        _ => null,
    };

    private static string Text(DateOnly date, string format) => date.ToString(format, CultureInfo.InvariantCulture);

    private static string Number(decimal value, int decimals) => Math.Round(value, decimals).ToString("0.#", CultureInfo.InvariantCulture);
}
