namespace SchoolSignal.Domain.Screening;

/// <summary>What a rule came to for one pupil. Points are counted in quarters: half of half a point must stay exact.</summary>
internal readonly record struct RuleOutcome(bool Fired, int Quarters, bool Severe)
{
    /// <summary>What holds both with and without the school's exceptional sessions.</summary>
    public static RuleOutcome Both(RuleOutcome a, RuleOutcome b) => a.Fired && b.Fired
        ? new RuleOutcome(true, Math.Abs(a.Quarters) <= Math.Abs(b.Quarters) ? a.Quarters : b.Quarters, a.Severe && b.Severe)
        : default;
}

/// <summary>A rule set ready to be tried: all rules on a block of pupils, or one rule on one pupil.</summary>
internal sealed class CompiledRules
{
    private readonly CompiledRule[] rules;
    private readonly (int Rule, CompiledCondition Condition)[] conditions;

    public CompiledRules(RuleSet set)
    {
        rules = [.. set.Rules.Select(rule => new CompiledRule(rule))];
        // In the order in which the indicators lie in a block: memory read from front to back comes fastest.
        conditions = [.. rules.SelectMany((rule, index) => rule.Conditions.Select(c => (index, c))).OrderBy(c => c.c.Indicator)];
        for (var rule = 0; rule < rules.Length; rule++)
            if (set.Rules[rule].ReadsRegister) RegisterRules |= 1UL << rule;
    }

    /// <summary>The rules that rest while a feed is stale or paused.</summary>
    public ulong RegisterRules { get; }

    public static int Quarters(decimal points) => (int)(points * 4);

    /// <summary>Which rules fire for each pupil of a block.</summary>
    /// <param name="fired">Room for <see cref="IndicatorBlock.Width"/> pupils: a bit for each rule of the set, in its order.</param>
    /// <param name="usual">If given, the same pupils' indicators with the school's exceptional sessions left out: a rule must
    /// fire on both.</param>
    public void Try(IndicatorBlock values, Span<ulong> fired, IndicatorBlock? usual = null)
    {
        // A row is a rule before the turn and a pupil after it.
        fired[..rules.Length].Fill(ulong.MaxValue);
        fired[rules.Length..].Clear();
        Narrow(values, fired);
        if (usual is not null) Narrow(usual, fired);
        BitMatrix.Transpose(fired);
    }

    /// <summary>Of the pupils in question for each rule, leaves those for whom its conditions hold.</summary>
    private void Narrow(IndicatorBlock values, Span<ulong> pupilsOfRule)
    {
        foreach (ref readonly var part in conditions.AsSpan())
        {
            ref var pupils = ref pupilsOfRule[part.Rule];
            if (pupils != 0) pupils = part.Condition.Holds(values, pupils);
        }
    }

    /// <summary>What one rule comes to for one pupil.</summary>
    public RuleOutcome Try(int rule, PupilIndicators pupil) => rules[rule].Fires(pupil) ? Outcome(rule, pupil) : default;

    /// <summary>What a rule comes to for a pupil for whom it fires.</summary>
    public RuleOutcome Outcome(int rule, PupilIndicators pupil) => rules[rule].Outcome(pupil);

    private readonly record struct CompiledStep(CompiledCondition Condition, int Quarters, bool Severe);

    private sealed class CompiledRule(RuleDefinition rule)
    {
        public readonly CompiledCondition[] Conditions = [.. rule.When.Select(c => new CompiledCondition(c))];
        private readonly int quarters = Quarters(rule.Points);
        private readonly CompiledCondition? halvedWhen = rule.HalvedWhen is { } condition ? new CompiledCondition(condition) : null;
        private readonly CompiledStep[] steps = [.. rule.Steps.Select(s => new CompiledStep(
            new CompiledCondition(rule.When[0] with { Threshold = s.Threshold }), Quarters(s.Points), s.Severe))];

        public bool Fires(PupilIndicators pupil)
        {
            foreach (ref readonly var condition in Conditions.AsSpan())
                if (!condition.Holds(pupil)) return false;
            return true;
        }

        public RuleOutcome Outcome(PupilIndicators pupil)
        {
            var (points, severe) = (quarters, false);
            foreach (ref readonly var step in steps.AsSpan())
                if (step.Condition.Holds(pupil)) (points, severe) = (step.Quarters, step.Severe);
            return halvedWhen is { } halved && halved.Holds(pupil)
                ? new RuleOutcome(true, points / 2, false)
                : new RuleOutcome(true, points, severe);
        }
    }
}
