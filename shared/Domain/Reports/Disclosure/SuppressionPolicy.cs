namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What is done where all or none of a group have a property.</summary>
public enum AllOrNoneRule
{
    /// <summary>Both are hidden: 0 % and 100 % say something of every pupil in the group.</summary>
    Hide,
    /// <summary>A zero is shown, 100 % is hidden.</summary>
    HideAll,
    /// <summary>Both are shown.</summary>
    Show,
}

/// <summary>The (n, k) rule for sums that one or a few pupils may make up: hidden where the <paramref name="Largest"/> largest
/// contributions are more than <paramref name="Percent"/> of the sum (exactly that much is shown). It does not apply to counts of pupils,
/// where each contributes one.</summary>
/// <param name="Largest">1 to <see cref="Contributions.Kept"/>.</param>
public sealed record DominanceRule(int Largest, int Percent);

/// <summary>What a district hides.</summary>
public sealed record SuppressionPolicy
{
    public const int DefaultThreshold = 10;

    /// <summary>Counts of 1 to below the threshold are hidden; the threshold itself is shown. From 2.</summary>
    public int Threshold { get; init; } = DefaultThreshold;

    /// <summary>What remains open of every hidden cell, whatever the reason it is hidden for: among the tables that agree with everything
    /// published there are two whose values of the cell differ by at least this much. The threshold unless set.</summary>
    public int Width
    {
        get => width ?? Threshold;
        init => width = value;
    }

    public AllOrNoneRule AllOrNone { get; init; } = AllOrNoneRule.Hide;

    public DominanceRule? Dominance { get; init; } = new(1, 80);

    private readonly int? width;

    /// <exception cref="ArgumentException">A number out of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threshold, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        if (Dominance is not { } rule) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.Largest, 1, nameof(Dominance));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rule.Largest, Contributions.Kept, nameof(Dominance));
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.Percent, 1, nameof(Dominance));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rule.Percent, 99, nameof(Dominance));
    }
}

/// <summary>How long protecting may take. What is not proved by then is hidden with its whole table.</summary>
public sealed record SuppressionBounds(TimeSpan Limit, TimeProvider Clock)
{
    public static SuppressionBounds Default { get; } = new(TimeSpan.FromSeconds(60), TimeProvider.System);
}
