using System.Runtime.CompilerServices;

namespace SchoolSignal.Domain.Screening;

/// <summary>What a rule came to for one pupil. Points are counted in quarters: half of half a point must stay exact.</summary>
internal readonly record struct RuleOutcome(bool Fired, int Quarters, bool Severe)
{
    /// <summary>What holds both with and without the school's exceptional sessions.</summary>
    public static RuleOutcome Both(RuleOutcome a, RuleOutcome b) => a.Fired && b.Fired
        ? new RuleOutcome(true, Math.Abs(a.Quarters) <= Math.Abs(b.Quarters) ? a.Quarters : b.Quarters, a.Severe && b.Severe)
        : default;
}

/// <summary>A rule set laid out flat, so that trying all rules on a pupil is a walk over two arrays.</summary>
internal sealed class CompiledRules
{
    private readonly CompiledRule[] rules;
    private readonly CompiledCondition[] conditions;
    private readonly CompiledStep[] steps;
    private readonly Gate[] gates;
    private readonly ulong ungated;

    public CompiledRules(RuleSet set)
    {
        var flatConditions = new List<CompiledCondition>();
        var flatSteps = new List<CompiledStep>();
        rules = [.. set.Rules.Select(Compile)];
        conditions = [.. flatConditions];
        steps = [.. flatSteps];
        for (var rule = 0; rule < rules.Length; rule++)
            if (set.Rules[rule].ReadsRegister) RegisterRules |= 1UL << rule;
        gates = [.. GatesOf(set)];
        ungated = AllOf(rules.Length);
        foreach (var gate in gates) ungated &= ~(1UL << gate.Rule);

        CompiledRule Compile(RuleDefinition rule)
        {
            var firstCondition = flatConditions.Count;
            flatConditions.AddRange(rule.When.Select(c => new CompiledCondition(c)));
            var firstStep = flatSteps.Count;
            flatSteps.AddRange(rule.Steps.Select(s => new CompiledStep(
                new CompiledCondition(rule.When[0] with { Threshold = s.Threshold }), Quarters(s.Points), s.Severe)));
            CompiledCondition? halved = rule.HalvedWhen is { } condition ? new CompiledCondition(condition) : null;
            return new CompiledRule(
                firstCondition, flatConditions.Count, firstStep, flatSteps.Count, Quarters(rule.Points), halved);
        }
    }

    public int Count => rules.Length;

    /// <summary>The rules that rest while a feed is stale or paused.</summary>
    public ulong RegisterRules { get; }

    public static int Quarters(decimal points) => (int)(points * 4);

    /// <summary>The rules that may fire, a bit for each: of the rest one necessary condition does not hold. Nearly every
    /// pupil is done with after this walk.</summary>
    public ulong Candidates(ReadOnlySpan<IndicatorValue> values)
    {
        var candidates = ungated;
        foreach (ref readonly var gate in gates.AsSpan())
        {
            ref readonly var value = ref values[gate.Indicator];
            var holds = value.Denominator != 0 & value.Numerator * gate.Denominator >= value.Denominator * gate.Numerator;
            // Without a branch: which rules speak of a pupil is what a processor cannot foresee.
            candidates |= (ulong)Unsafe.BitCast<bool, byte>(holds) << gate.Rule;
        }
        return candidates;
    }

    private static ulong AllOf(int rules) => rules == RuleSet.MaxRules ? ulong.MaxValue : (1UL << rules) - 1;

    /// <summary>For each rule that has one: a condition of one indicator against a plain threshold.</summary>
    private static IEnumerable<Gate> GatesOf(RuleSet set)
    {
        for (var rule = 0; rule < set.Rules.Count; rule++)
            if (set.Rules[rule].When.Select(c => new CompiledCondition(c)).FirstOrDefault(c => c.IsPlain) is { IsPlain: true } plain)
                yield return new Gate(plain, rule);
    }

    /// <summary>Tries one rule.</summary>
    public RuleOutcome Try(int index, ReadOnlySpan<IndicatorValue> values)
    {
        ref readonly var rule = ref rules[index];
        for (var i = rule.FirstCondition; i < rule.EndCondition; i++)
            if (!conditions[i].Holds(values)) return default;

        var (quarters, severe) = (rule.Quarters, false);
        for (var i = rule.FirstStep; i < rule.EndStep; i++)
            if (steps[i].Condition.Holds(values)) (quarters, severe) = (steps[i].Quarters, steps[i].Severe);
        return rule.HalvedWhen is { } halved && halved.Holds(values)
            ? new RuleOutcome(true, quarters / 2, false)
            : new RuleOutcome(true, quarters, severe);
    }

    private readonly record struct CompiledRule(
        int FirstCondition, int EndCondition, int FirstStep, int EndStep, int Quarters, CompiledCondition? HalvedWhen);

    private readonly record struct CompiledStep(CompiledCondition Condition, int Quarters, bool Severe);

    /// <summary>A plain condition laid out for the walk over all rules. At most is at least with the signs turned.</summary>
    private readonly struct Gate(CompiledCondition condition, int rule)
    {
        public readonly int Rule = rule;
        public readonly long Numerator = condition.IsAtMost ? -condition.Numerator : condition.Numerator;
        public readonly long Denominator = condition.IsAtMost ? -condition.Denominator : condition.Denominator;
        public readonly int Indicator = condition.IndicatorIndex;
    }
}

/// <summary>A condition with its threshold as a fraction of whole numbers, so that the edge is exact.</summary>
internal readonly struct CompiledCondition
{
    /// <summary>Decimal places a threshold may have.</summary>
    public const int MaxScale = 4;

    /// <summary>The largest size of a threshold.</summary>
    public const decimal MaxThreshold = 10_000;

    private readonly int indicator;
    private readonly int other;
    private readonly bool atMost;
    private readonly ThresholdBase thresholdBase;
    private readonly long numerator;
    private readonly long denominator;
    private readonly bool isReal;

    public CompiledCondition(RuleCondition condition)
    {
        indicator = (int)condition.Indicator;
        other = condition.Other is { } o ? (int)o : -1;
        atMost = condition.Comparison == Comparison.AtMost;
        thresholdBase = condition.Base;
        denominator = 1;
        var scaled = condition.Threshold;
        while (scaled != decimal.Truncate(scaled)) (scaled, denominator) = (scaled * 10, denominator * 10);
        numerator = (long)scaled;
        isReal = IsReal(condition.Indicator) || (condition.Other is { } second && IsReal(second));
    }

    /// <summary>Whether the condition holds one exact indicator against its threshold alone.</summary>
    public bool IsPlain => denominator != 0 && other < 0 && !isReal;

    public int IndicatorIndex => indicator;

    public bool IsAtMost => atMost;

    /// <summary>The threshold is this many <see cref="Denominator"/>ths.</summary>
    public long Numerator => numerator;

    public long Denominator => denominator;

    /// <summary>Whether the condition holds; never on an undefined indicator.</summary>
    public bool Holds(ReadOnlySpan<IndicatorValue> values)
    {
        ref readonly var value = ref values[indicator];
        if (!value.IsDefined) return false;
        if (other < 0 && !isReal)
        {
            // Nearly every condition ends here: value >= n / d.
            var (scaled, threshold) = (value.Numerator * denominator, value.Denominator * numerator);
            return atMost ? scaled <= threshold : scaled >= threshold;
        }
        var reference = other < 0 ? new IndicatorValue(0, 1, 0) : values[other];
        if (!reference.IsDefined) return false;
        if (isReal) return HoldsReal(value, reference);

        long left, right;
        if (thresholdBase == ThresholdBase.TimesOther)
        {
            // value >= (n / d) x reference
            left = (long)value.Numerator * reference.Denominator * denominator;
            right = (long)reference.Numerator * value.Denominator * numerator;
        }
        else
        {
            // value - reference >= n / d
            left = (((long)value.Numerator * reference.Denominator) - ((long)reference.Numerator * value.Denominator)) * denominator;
            right = (long)value.Denominator * reference.Denominator * numerator;
        }
        return atMost ? left <= right : left >= right;
    }

    private bool HoldsReal(IndicatorValue value, IndicatorValue reference)
    {
        var threshold = (double)numerator / denominator;
        var (left, right) = thresholdBase == ThresholdBase.TimesOther
            ? (value.AsDouble(), threshold * reference.AsDouble())
            : (value.AsDouble() - reference.AsDouble(), threshold);
        return atMost ? left <= right + IndicatorValue.RealTolerance : left >= right - IndicatorValue.RealTolerance;
    }

    private static bool IsReal(Indicator indicator) =>
        IndicatorCatalogue.Of(indicator).Unit is IndicatorUnit.FractionDifference or IndicatorUnit.Chance;
}
