using System.Globalization;
using Microsoft.Extensions.Localization;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Worklists;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Pages.Referrals;

/// <summary>What the pages of referrals offer to choose from, in the order they offer it.</summary>
public static class Choices
{
    public static IReadOnlyList<Level> Levels { get; } = [Level.High, Level.Raised];

    public static IReadOnlyList<ReferralState> OpenStates { get; } = [ReferralState.New, ReferralState.Acknowledged, ReferralState.InProgress];

    public static IReadOnlyList<WorklistPart> Parts { get; } = Enum.GetValues<WorklistPart>();

    public static IReadOnlyList<ContactKind> Contacts { get; } = Enum.GetValues<ContactKind>();

    public static IReadOnlyList<ContactOutcome> Outcomes { get; } = Enum.GetValues<ContactOutcome>();

    public static IReadOnlyList<NextStepKind> NextSteps { get; } = Enum.GetValues<NextStepKind>();

    /// <summary>Handing over to safeguarding gives its verdict by itself.</summary>
    public static IReadOnlyList<Verdict> Verdicts { get; } = [.. Enum.GetValues<Verdict>().Where(v => v != Verdict.HandedToSafeguarding)];
}

/// <summary>The words of rules. Those of the shipped set stand in the Words files by rule id; a district's own rule speaks its
/// set's English.</summary>
public static class Rules
{
    /// <param name="otherwise">What the rule set says; null shows the rule's id.</param>
    public static string TitleOf(IStringLocalizer words, string ruleId, string? otherwise = null) => Find(words[$"Rules.Title.{ruleId}"], otherwise ?? ruleId);

    public static string ClearsOf(IStringLocalizer words, string ruleId, string otherwise) => Find(words[$"Rules.Clears.{ruleId}"], otherwise);

    /// <summary>A number with its unit, as 12.5 % or 6 days; at most one decimal. Where "times" would say the wrong thing, the
    /// indicator has words of its own.</summary>
    public static string AmountOf(IStringLocalizer words, decimal value, IndicatorUnit unit, string indicator)
    {
        var number = NumberOf(unit is IndicatorUnit.Fraction or IndicatorUnit.FractionDifference ? value * 100 : value);
        var own = words[$"Cases.AmountOf.{indicator}", number];
        return own.ResourceNotFound ? words[$"Cases.Amount.{unit}", number] : own;
    }

    public static string NumberOf(decimal value) => Math.Round(value, 1).ToString("0.#", CultureInfo.CurrentCulture);

    private static string Find(LocalizedString found, string otherwise) => found.ResourceNotFound ? otherwise : found.Value;
}
