namespace SchoolSignal.Domain.Screening;

/// <summary>How a condition reads its threshold. All are inclusive.</summary>
public enum Comparison
{
    AtLeast,
    AtMost,
}

/// <summary>What a condition's threshold is measured from.</summary>
public enum ThresholdBase
{
    /// <summary>The threshold is the value to compare with.</summary>
    Value,
    /// <summary>The indicator minus the other one is compared with the threshold.</summary>
    AboveOther,
    /// <summary>The indicator is compared with the threshold times the other one.</summary>
    TimesOther,
}

/// <summary>An indicator against a threshold, alone or relative to another indicator. An undefined indicator never meets
/// a condition.</summary>
public sealed record RuleCondition(
    Indicator Indicator, Comparison Comparison, decimal Threshold, ThresholdBase Base = ThresholdBase.Value, Indicator? Other = null);

/// <summary>More points from a further threshold of a rule's first condition on.</summary>
/// <param name="Threshold">Inclusive.</param>
/// <param name="Severe">Whether this is the severe end: one family alone then reaches High.</param>
public sealed record RuleStep(decimal Threshold, decimal Points, bool Severe);

/// <summary>A published rule: it fires when all its conditions hold.</summary>
/// <param name="Source">Where the rule comes from, for whoever asks.</param>
/// <param name="When">The first one is what the rule is about: its value is the trigger's observed value.</param>
/// <param name="Points">Provisional: to be tuned by evaluation. Whole or half; below 0 for a protective rule.</param>
/// <param name="HalvedWhen">If it holds, half the points and no severe end.</param>
/// <param name="Evidence">The indicator whose dates stand behind a trigger.</param>
public sealed record RuleDefinition(
    string Id, RuleFamily Family, string Title, string Source, IReadOnlyList<RuleCondition> When, decimal Points,
    IReadOnlyList<RuleStep> Steps, RuleCondition? HalvedWhen, Indicator Evidence, string ClearsWhen)
{
    /// <summary>Whether the rule reads the register: it then rests while the school's feed is stale or paused.</summary>
    public bool ReadsRegister { get; } =
        When.Any(c => IndicatorCatalogue.Of(c.Indicator).Source == IndicatorSource.Register);
}

/// <summary>What a level asks for.</summary>
/// <param name="Points">Inclusive.</param>
/// <param name="TwoFamilies">Whether two families must speak.</param>
public sealed record LevelRule(decimal Points, bool TwoFamilies);

/// <summary>When the points of a pupil's rules make a level.</summary>
/// <param name="RaisedByRule">A rule that raises by itself, or null.</param>
/// <param name="HighBySevereEndOf">The family whose severe end is High by itself, or null.</param>
public sealed record LevelRules(LevelRule Watch, LevelRule Raised, LevelRule High, string? RaisedByRule, RuleFamily? HighBySevereEndOf);

/// <summary>A published, versioned set of rules, read from JSON and never changed after.</summary>
public sealed class RuleSet
{
    /// <summary>One bit of a machine word each.</summary>
    public const int MaxRules = 64;

    internal RuleSet(string version, string title, IReadOnlyList<RuleDefinition> rules, LevelRules levels)
    {
        (Version, Title, Rules, Levels) = (version, title, rules, levels);
        Compiled = new CompiledRules(this);
    }

    public string Version { get; }

    public string Title { get; }

    public IReadOnlyList<RuleDefinition> Rules { get; }

    public LevelRules Levels { get; }

    internal CompiledRules Compiled { get; }

    /// <summary>The rule set shipped with the product (evidence.md §8). Its points are provisional.</summary>
    public static RuleSet Starting { get; } = RuleSetReader.ReadShipped(StartingFile);

    internal const string StartingFile = "starting-1.json";

    /// <summary>The rules of a set of bits, in the order of <see cref="Rules"/>.</summary>
    public IEnumerable<RuleDefinition> RulesOf(ulong bits) => Rules.Where((_, index) => (bits >> index & 1) != 0);
}
