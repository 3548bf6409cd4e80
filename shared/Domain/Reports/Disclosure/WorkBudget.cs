namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>How much time is left.</summary>
internal sealed class WorkBudget(SuppressionBounds bounds)
{
    private readonly long begun = bounds.Clock.GetTimestamp();

    public TimeSpan Elapsed => bounds.Clock.GetElapsedTime(begun);

    public TimeSpan Left => bounds.Limit - Elapsed;

    public bool IsSpent => Left <= TimeSpan.Zero;

    /// <summary>Whether more than so much of the time is gone.</summary>
    public bool IsPast(double share) => Elapsed > bounds.Limit * share;
}
