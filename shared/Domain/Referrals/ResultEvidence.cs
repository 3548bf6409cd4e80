using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Referrals;

/// <summary>When two screenings say the same, and what days they stand on.</summary>
public static class ResultEvidence
{
    /// <summary>Whether a counsellor would learn nothing new: same level and order, same rules on the same days. A window
    /// that moved on by a day or a rate that shifted with its denominator is nothing new.</summary>
    public static bool IsSame(ScreeningResult left, ScreeningResult right) =>
        left.Level == right.Level && left.Priority == right.Priority && left.School == right.School
        && left.NotScreenedBecause == right.NotScreenedBecause && left.RuleSetVersion == right.RuleSetVersion
        && AreSame(left.Triggers, right.Triggers) && AreSame(left.Protective, right.Protective);

    /// <summary>Whether any rule stands on a day after the given one.</summary>
    public static bool IsLaterThan(this ScreeningResult result, DateOnly day)
    {
        foreach (var trigger in result.Triggers)
            foreach (var date in trigger.Dates)
                if (date > day) return true;
        return false;
    }

    public static bool IsRaised(this ScreeningResult result) => result.NotScreenedBecause is null && result.Level >= Level.Raised;

    private static bool AreSame(IReadOnlyList<Trigger> left, IReadOnlyList<Trigger> right)
    {
        if (left.Count != right.Count) return false;
        for (var i = 0; i < left.Count; i++)
            if (left[i].RuleId != right[i].RuleId || left[i].SevereEnd != right[i].SevereEnd || !left[i].Dates.SequenceEqual(right[i].Dates))
                return false;
        return true;
    }
}
