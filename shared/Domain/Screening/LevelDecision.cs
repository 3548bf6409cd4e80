namespace SchoolSignal.Domain.Screening;

/// <summary>From a pupil's fired rules to a level and a priority (evidence.md §8).</summary>
internal sealed class LevelDecision(RuleSet rules, Evidence evidence)
{
    /// <summary>Inclusive: dates of one trigger that stand in no trigger of the first family.</summary>
    public const int OwnDates = 3;

    private const int ConcernFamilies = (int)RuleFamily.Protective;

    private readonly RuleFamily[] families = [.. rules.Rules.Select(r => r.Family)];
    private readonly Indicator[] evidenceOf = [.. rules.Rules.Select(r => r.Evidence)];
    private readonly int raisedByRule = rules.Rules.ToList().FindIndex(r => r.Id == rules.Levels.RaisedByRule);
    private readonly int watch = CompiledRules.Quarters(rules.Levels.Watch.Points);
    private readonly int raised = CompiledRules.Quarters(rules.Levels.Raised.Points);
    private readonly int high = CompiledRules.Quarters(rules.Levels.High.Points);

    /// <param name="days">The pupil's days without exceptional sessions: their dates corroborate nothing.</param>
    public (Level Level, int Quarters) Decide(ReadOnlySpan<RuleOutcome> outcomes, PupilDays days)
    {
        var (total, severe) = (0, false);
        for (var rule = 0; rule < outcomes.Length; rule++)
        {
            total += outcomes[rule].Quarters;
            severe |= outcomes[rule].Severe && families[rule] == rules.Levels.HighBySevereEndOf;
        }
        if (severe) return (Level.High, total);

        var raisedAlone = raisedByRule >= 0 && outcomes[raisedByRule].Fired;
        var lowest = Math.Min(watch, Math.Min(raised, high));
        if (total < lowest) return (raisedAlone ? Level.Raised : Level.None, total);

        var corroborated = HasTwoFamilies(outcomes, days);
        if (Reaches(rules.Levels.High, high)) return (Level.High, total);
        if (raisedAlone || Reaches(rules.Levels.Raised, raised)) return (Level.Raised, total);
        return (Reaches(rules.Levels.Watch, watch) ? Level.Watch : Level.None, total);

        bool Reaches(LevelRule level, int quarters) => total >= quarters && (corroborated || !level.TwoFamilies);
    }

    /// <summary>The first family is the one with most points (ties: more dates, then the order of families). Another one
    /// counts if either is observation, or if one of its triggers has dates of its own: the same four days do not count
    /// twice.</summary>
    private bool HasTwoFamilies(ReadOnlySpan<RuleOutcome> outcomes, PupilDays days)
    {
        Span<int> points = stackalloc int[ConcernFamilies];
        points.Clear();
        for (var rule = 0; rule < outcomes.Length; rule++)
            if (outcomes[rule].Fired && families[rule] < RuleFamily.Protective) points[(int)families[rule]] += outcomes[rule].Quarters;
        var speaking = 0;
        foreach (var family in points)
            if (family > 0) speaking++;
        if (speaking < 2) return false;
        if (points[(int)RuleFamily.Observation] > 0) return true;

        Span<ulong> first = stackalloc ulong[DayBits.Words];
        Span<ulong> dates = stackalloc ulong[DayBits.Words];
        var (firstFamily, most, mostDates) = (-1, 0, 0);
        for (var family = 0; family < ConcernFamilies; family++)
        {
            if (points[family] == 0 || points[family] < most) continue;
            FillFamily(outcomes, (RuleFamily)family, days, dates);
            var count = DayBits.Count(dates);
            if (points[family] == most && count <= mostDates) continue;
            (firstFamily, most, mostDates) = (family, points[family], count);
            dates.CopyTo(first);
        }
        for (var rule = 0; rule < outcomes.Length; rule++)
        {
            if (!outcomes[rule].Fired || families[rule] == RuleFamily.Protective || (int)families[rule] == firstFamily) continue;
            dates.Clear();
            evidence.Fill(days, evidenceOf[rule], dates);
            if (DayBits.CountOutside(dates, first) >= OwnDates) return true;
        }
        return false;
    }

    private void FillFamily(ReadOnlySpan<RuleOutcome> outcomes, RuleFamily family, PupilDays days, Span<ulong> dates)
    {
        dates.Clear();
        Span<ulong> ofRule = stackalloc ulong[DayBits.Words];
        for (var rule = 0; rule < outcomes.Length; rule++)
        {
            if (!outcomes[rule].Fired || families[rule] != family) continue;
            ofRule.Clear();
            evidence.Fill(days, evidenceOf[rule], ofRule);
            DayBits.AddAll(dates, ofRule);
        }
    }
}
